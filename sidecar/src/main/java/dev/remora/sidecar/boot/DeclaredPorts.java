package dev.remora.sidecar.boot;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.config.JsonTree;
import dev.remora.sidecar.serve.AppAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The ports that `REMORA_SERVE` declares, such as `tcp:80=localhost:5000`: several with commas or blanks between them, a bare number meaning that port of localhost.
final class DeclaredPorts {
    private static final int MAX_PORT = 0xffff;

    private DeclaredPorts() {}

    /// As JSON of a serve configuration; empty if nothing is declared.
    ///
    /// @throws MalformedException with a reason for people
    static Optional<String> read(String text) throws MalformedException {
        Map<String, Object> ports = new LinkedHashMap<>();
        for (String part : text.split("[,\\s]+")) {
            if (!part.isEmpty()) {
                add(part, ports);
            }
        }
        return ports.isEmpty()
                ? Optional.empty()
                : Optional.of(JsonTree.compact(Map.of("TCP", ports)));
    }

    private static void add(String part, Map<String, Object> ports) throws MalformedException {
        int equals = part.indexOf('=');
        int colon = part.indexOf(':');
        if (equals < 0 || colon < 0 || colon > equals) {
            throw new MalformedException(
                    "\"" + part + "\" is not of the form tcp:80=localhost:5000");
        }
        String kind = part.substring(0, colon);
        if (!kind.equals("tcp")) {
            throw new MalformedException(
                    "\"" + kind + "\" in \"" + part + "\" cannot be served yet; only tcp can");
        }
        int port = port(part.substring(colon + 1, equals), part);
        String target = part.substring(equals + 1).replaceFirst("^tcp://", "");
        String address =
                target.chars().allMatch(Character::isDigit) && !target.isEmpty()
                        ? "localhost:" + target
                        : target;
        if (ports.put(
                        Integer.toString(port),
                        Map.of("TCPForward", AppAddress.parse(address).toString()))
                != null) {
            throw new MalformedException("port " + port + " is declared twice");
        }
    }

    private static int port(String text, String part) throws MalformedException {
        boolean number =
                !text.isEmpty()
                        && text.length() <= 5
                        && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = number ? Integer.parseInt(text) : 0;
        if (port == 0 || port > MAX_PORT) {
            throw new MalformedException("\"" + text + "\" in \"" + part + "\" is no port");
        }
        return port;
    }
}
