package dev.remora.server.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An object with fixed names, in any case, and no others: a misspelt restriction must not go unnoticed. A `null` counts
/// as absent. Whatever has the wrong kind is a problem and then absent.
final class Fields {
    /// What other servers have and this one does not.
    private static final Set<String> ELSEWHERE =
            Set.of(
                    "postures",
                    "srcposture",
                    "defaultsrcposture",
                    "ipsets",
                    "disableipv4",
                    "onecgnatroute",
                    "derpmap",
                    "extradnsrecords",
                    "ippool",
                    "app",
                    "attrconfig",
                    "dstnode",
                    "approvalpolicy");

    private final Map<String, HuJson> byName = new HashMap<>();
    private final Place at;
    private final Problems problems;

    private Fields(Place at, Problems problems) {
        this.at = at;
        this.problems = problems;
    }

    /// @param names in the case in which they are documented
    static Fields of(HuJson value, Problems problems, String... names) {
        Fields fields = new Fields(value.at(), problems);
        Map<String, String> known = new LinkedHashMap<>();
        for (String name : names) {
            known.put(lower(name), name);
        }
        for (HuJson.Member member : fields.members(value)) {
            fields.take(member, known);
        }
        return fields;
    }

    private void take(HuJson.Member member, Map<String, String> known) {
        String name = known.get(lower(member.name()));
        if (name == null) {
            problems.add(member.at(), stranger(member.name(), known.values()));
        } else if (byName.put(name, member.value()) != null) {
            problems.add(member.at(), "\"" + name + "\" stands here twice");
        }
    }

    private static String stranger(String name, Collection<String> known) {
        return ELSEWHERE.contains(lower(name))
                ? "\"" + name + "\" is not implemented"
                : "unknown key \"" + name + "\"; there are " + String.join(", ", known);
    }

    Place at() {
        return at;
    }

    boolean has(String name) {
        return get(name) != null;
    }

    @Nullable HuJson get(String name) {
        HuJson value = byName.get(name);
        return value instanceof HuJson.Nothing ? null : value;
    }

    List<HuJson> items(String name) {
        HuJson value = get(name);
        return value == null ? List.of() : items(value);
    }

    List<HuJson> items(HuJson value) {
        if (value instanceof HuJson.Items(var place, var items)) {
            return items;
        }
        wrongKind(value, "a list");
        return List.of();
    }

    /// The members of an object whose names the author chose.
    List<HuJson.Member> members(String name) {
        HuJson value = get(name);
        return value == null ? List.of() : members(value);
    }

    private List<HuJson.Member> members(HuJson value) {
        if (value instanceof HuJson.Members(var place, var members)) {
            return members;
        }
        wrongKind(value, "an object");
        return List.of();
    }

    HuJson.@Nullable Text text(String name) {
        HuJson value = get(name);
        return value == null ? null : text(value);
    }

    HuJson.@Nullable Text text(HuJson value) {
        if (value instanceof HuJson.Text text) {
            return text;
        }
        wrongKind(value, "a text");
        return null;
    }

    /// The items of a list that are texts.
    List<HuJson.Text> texts(String name) {
        HuJson value = get(name);
        return value == null ? List.of() : texts(value);
    }

    List<HuJson.Text> texts(HuJson list) {
        List<HuJson.Text> texts = new ArrayList<>();
        for (HuJson item : items(list)) {
            HuJson.Text text = text(item);
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    boolean flag(String name) {
        HuJson value = get(name);
        if (value == null) {
            return false;
        }
        if (value instanceof HuJson.Flag(var place, var flag)) {
            return flag;
        }
        wrongKind(value, "true or false");
        return false;
    }

    private void wrongKind(HuJson value, String expected) {
        problems.add(value.at(), "expected " + expected + ", found " + value.kind());
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
