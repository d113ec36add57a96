package dev.remora.sidecar.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whole numbers as flags of Go programs take them, which is as they stand in Go's source: `80`, `0x50`, `0o120`, `0120`, `0b1010000`, `1_000`.
final class GoNumber {
    private static final Pattern FORM =
            Pattern.compile(
                    "([+-]?)(0[xX]_?|0[oO]_?|0[bB]_?|0_?(?=[0-9])|)([0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)");

    private GoNumber() {}

    /// The number in plain decimal form.
    ///
    /// @throws IllegalArgumentException in the words that Go has for it
    static String signed(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("parse error");
        }
        try {
            String digits = form.group(3).replace("_", "");
            long value = Long.parseLong(digits, base(form.group(2)));
            return Long.toString(form.group(1).equals("-") ? -value : value);
        } catch (NumberFormatException e) {
            boolean tooLong =
                    form.group(3)
                            .replace("_", "")
                            .chars()
                            .allMatch(c -> Character.digit(c, base(form.group(2))) >= 0);
            throw new IllegalArgumentException(tooLong ? "value out of range" : "parse error", e);
        }
    }

    /// The same without a sign.
    static String unsigned(String text) {
        if (text.startsWith("-") || text.startsWith("+")) {
            throw new IllegalArgumentException("parse error");
        }
        return signed(text);
    }

    private static int base(String prefix) {
        return switch (prefix.toLowerCase(Locale.ROOT).replace("_", "")) {
            case "" -> 10;
            case "0x" -> 16;
            case "0b" -> 2;
            default -> 8;
        };
    }
}
