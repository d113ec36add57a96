package dev.remora.sidecar.cli;

import java.util.List;
import java.util.stream.Collectors;

/// Texts as Go's `fmt` writes them.
final class GoText {
    private GoText() {}

    /// A text in double quotes, as `%q`.
    static String quote(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f) {
                        out.append("\\x").append(Character.forDigit(c >> 4, 16));
                        out.append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }

    /// Words as `%q` writes a list of them.
    static String quoted(List<String> words) {
        return words.stream().map(GoText::quote).collect(Collectors.joining(" ", "[", "]"));
    }

    /// A word as a shell takes it back, quoted only where it must be.
    static String shellWord(String word) {
        boolean plain =
                !word.isEmpty()
                        && word.chars()
                                .allMatch(c ->
                                        Character.isLetterOrDigit(c)
                                                || "_-+=:,./@%".indexOf(c) >= 0);
        return plain ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /// Fills up with spaces to `width` characters.
    static String pad(String text, int width) {
        int missing = width - text.codePointCount(0, text.length());
        return missing <= 0 ? text : text + " ".repeat(missing);
    }
}
