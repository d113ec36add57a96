package dev.remora.sidecar.boot;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The environment's variables, read by the rules that the official image has for them: what is set but empty counts as not set, a boolean that is none means
/// the default, and lists of arguments are split at white space and nothing else.
record Environment(Map<String, String> variables) {
    Environment {
        variables = Map.copyOf(variables);
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
        return switch (text(name)) {
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
