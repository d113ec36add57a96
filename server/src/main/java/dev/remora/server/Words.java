package dev.remora.server;

import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    /// @throws MalformedException naming the flag
    IpPort address(String name) throws MalformedException {
        return address(name, text(name));
    }

    private static IpPort address(String name, String value) throws MalformedException {
        try {
            return IpPort.parse(value);
        } catch (MalformedException e) {
            throw new MalformedException(
                    "--" + name + "=" + value + " is no IP:PORT: " + e.reason());
        }
    }

    /// Empty for `off`.
    Optional<IpPort> addressOrOff(String name, String otherwise) throws MalformedException {
        String value = text(name, otherwise);
        return value.equals(RelayFlags.OFF) ? Optional.empty() : Optional.of(address(name, value));
    }

    /// The same, where a port alone is one of this machine's own.
    Optional<IpPort> localOrOff(String name) throws MalformedException {
        String value = text(name, RelayFlags.OFF);
        boolean port = value.chars().allMatch(Character::isDigit);
        return value.equals(RelayFlags.OFF)
                ? Optional.empty()
                : Optional.of(address(name, port ? "127.0.0.1:" + value : value));
    }

    Optional<Duration> span(String name) throws MalformedException {
        String value = text(name);
        Optional<Duration> span = Lifetime.parse(value).filter(Duration::isPositive);
        if (!value.isEmpty() && span.isEmpty()) {
            throw new MalformedException(
                    "--" + name + "=" + value + " is no span of time such as 24h, 90d or 1y");
        }
        return span;
    }

    boolean on(String name, boolean otherwise) throws MalformedException {
        return switch (text(name, otherwise ? "on" : RelayFlags.OFF)) {
            case "on" -> true;
            case RelayFlags.OFF -> false;
            default -> throw new MalformedException("--" + name + " is on or off");
        };
    }

    boolean truth(String name) throws MalformedException {
        return switch (text(name, "false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new MalformedException("--" + name + " is true or false");
        };
    }
}
