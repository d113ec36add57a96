package dev.remora.sidecar.boot;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The environment's variables, read by the rules that the official image has for them: what is set but empty counts as not set, a boolean that is none means
/// the default, and lists of arguments are split at white space and nothing else.
///
/// @param quoted names of variables whose values stood in quotation marks or had blanks around them, as YAML's list form and files make it easy to do: they are taken off
record Environment(Map<String, String> variables, List<String> quoted) {
    static Environment of(Map<String, String> given) {
        Map<String, String> variables = new HashMap<>(given);
        List<String> quoted =
                given.keySet().stream()
                        .filter(name -> name.startsWith("TS_") || name.startsWith("REMORA_"))
                        .filter(name -> isDressed(name, given.getOrDefault(name, "")))
                        .sorted()
                        .toList();
        quoted.forEach(name -> variables.put(name, bare(given.getOrDefault(name, ""))));
        return new Environment(Map.copyOf(variables), quoted);
    }

    /// Blanks around a list of words are nobody's trouble.
    private static boolean isDressed(String name, String value) {
        String seen = name.endsWith("_ARGS") ? value.strip() : value;
        return !bare(value).equals(seen);
    }

    private static String bare(String value) {
        String text = value.strip();
        boolean isQuoted =
                text.length() > 1
                        && "\"'".indexOf(text.charAt(0)) >= 0
                        && text.indexOf(text.charAt(0), 1) == text.length() - 1;
        return isQuoted ? text.substring(1, text.length() - 1).strip() : text;
    }

    /// The value, or empty.
    String text(String name) {
        return variables.getOrDefault(name, "");
    }

    /// The value, unless it is empty.
    Optional<String> get(String name) {
        return Optional.of(text(name)).filter(value -> !value.isEmpty());
    }

    /// The value, also if it is empty: for the few variables where that says something.
    Optional<String> getWithEmpty(String name) {
        return Optional.ofNullable(variables.get(name));
    }

    boolean isGiven(String name) {
        return !text(name).isEmpty();
    }

    boolean bool(String name, boolean otherwise) {
        return optionalBool(name).orElse(otherwise);
    }

    /// A boolean in Go's spellings, or empty.
    Optional<Boolean> optionalBool(String name) {
        return booleanOf(text(name));
    }

    /// The same of any text.
    static Optional<Boolean> booleanOf(String text) {
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> Optional.of(true);
            case "0", "f", "F", "false", "FALSE", "False" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    /// The words of a list of arguments: no quotes, no escapes.
    List<String> words(String name) {
        String text = text(name).strip();
        return text.isEmpty() ? List.of() : List.of(text.split("\\s+"));
    }

    /// Values may be secret.
    @Override
    public String toString() {
        return "Environment of " + variables.size() + " variables";
    }
}
