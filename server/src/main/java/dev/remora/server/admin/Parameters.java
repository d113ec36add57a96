package dev.remora.server.admin;

import dev.remora.server.tailnet.Refused;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a request says, all of it as texts.
record Parameters(Map<String, String> values) {
    /// Empty for what is absent.
    String text(String name) {
        return values.getOrDefault(name, "");
    }

    Optional<String> given(String name) {
        return Optional.of(text(name)).filter(value -> !value.isEmpty());
    }

    boolean bool(String name) {
        return text(name).equals("true");
    }

    /// Parts between commas, none of them empty.
    List<String> list(String name) {
        return Arrays.stream(text(name).split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    long number(String name) throws Refused {
        try {
            return Long.parseLong(text(name));
        } catch (NumberFormatException e) {
            throw new Refused("'" + text(name) + "' is no number");
        }
    }
}
