package dev.remora.server;

import dev.remora.base.MalformedException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Words of the form `--name=value`, each name at most once.
final class Words {
    private final Map<String, String> values = new HashMap<>();

    private Words() {}

    static Words of(List<String> words, List<Option> known) throws MalformedException {
        Words read = new Words();
        for (String word : words) {
            int equals = word.indexOf('=');
            String name = equals < 2 ? "" : word.substring(2, equals);
            if (!word.startsWith("--") || known.stream().noneMatch(o -> o.name().equals(name))) {
                throw new MalformedException("what is \"" + word + "\"?");
            }
            if (read.values.put(name, word.substring(equals + 1)) != null) {
                throw new MalformedException("--" + name + " is there twice");
            }
        }
        return read;
    }

    /// Empty if it was not given.
    String text(String name) {
        return text(name, "");
    }

    String text(String name, String otherwise) {
        String value = values.getOrDefault(name, "");
        return value.isEmpty() ? otherwise : value;
    }

    List<String> list(String name) {
        String value = text(name);
        return value.isEmpty() ? List.of() : List.of(value.split(",", -1));
    }

    boolean truth(String name) throws MalformedException {
        return switch (text(name, "false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new MalformedException("--" + name + " is true or false");
        };
    }
}
