package dev.remora.server.policy;

import java.util.List;

/// A value of a HuJSON document, and where it stands.
sealed interface HuJson {
    Place at();

    /// An object, its members in the order of the text, no name twice.
    record Members(Place at, List<Member> members) implements HuJson {}

    /// One member of an object.
    ///
    /// @param at where its name stands
    record Member(Place at, String name, HuJson value) {}

    /// An array.
    record Items(Place at, List<HuJson> items) implements HuJson {}

    /// A string, without its escapes.
    record Text(Place at, String text) implements HuJson {}

    /// `true` or `false`.
    record Flag(Place at, boolean value) implements HuJson {}

    /// A number as it is written.
    record Number(Place at, String digits) implements HuJson {}

    /// `null`.
    record Nothing(Place at) implements HuJson {}

    /// What kind of value this is, for messages.
    default String kind() {
        return switch (this) {
            case Members members -> "an object";
            case Items items -> "a list";
            case Text text -> "a text";
            case Flag flag -> "true or false";
            case Number number -> "a number";
            case Nothing nothing -> "null";
        };
    }

    /// The value as plain JSON without spaces, with no escape that is not needed: some clients read none.
    default String json() {
        StringBuilder out = new StringBuilder();
        write(out);
        return out.toString();
    }

    private void write(StringBuilder out) {
        switch (this) {
            case Members(var at, var members) -> {
                String before = "{";
                for (Member member : members) {
                    quote(out.append(before), member.name());
                    member.value().write(out.append(':'));
                    before = ",";
                }
                out.append(members.isEmpty() ? "{}" : "}");
            }
            case Items(var at, var items) -> {
                String before = "[";
                for (HuJson item : items) {
                    item.write(out.append(before));
                    before = ",";
                }
                out.append(items.isEmpty() ? "[]" : "]");
            }
            case Text(var at, var text) -> quote(out, text);
            case Flag(var at, var value) -> out.append(value);
            case Number(var at, var digits) -> out.append(digits);
            case Nothing nothing -> out.append("null");
        }
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
