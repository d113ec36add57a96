package dev.remora.lab.interop;

import dev.remora.lab.run.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a command said without what differs from node to node and from run to run: addresses, names, keys, times,
/// counters. JSON becomes one line for each member, sorted, so that two of them can be compared line by line.
final class PlainText {
    /// What is replaced wherever it stands, in this order.
    private static final Map<String, String> ANYWHERE = new LinkedHashMap<>();

    static {
        ANYWHERE.put("(nodekey|discokey|mkey):[0-9a-f]{64}", "$1:KEY");
        ANYWHERE.put("/register/\\S+", "/register/PAGE");
        ANYWHERE.put("(10\\.77\\.\\d+\\.\\d+|\\[fd77:[0-9a-f:]+\\])(:\\d+)?", "ENDPOINT");
        ANYWHERE.put(
                "\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)",
                "TIME");
        ANYWHERE.put("(?m)^\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d ", "TIME ");
        ANYWHERE.put("\\b\\d+(\\.\\d+)?(ms|µs|s)\\b", "SPAN");
        ANYWHERE.put("(?<=  )(active; direct ENDPOINT|idle|-)(, tx \\d+ rx \\d+)?(?= *\n)", "WAY");
        ANYWHERE.put("((SELF|PEER)[46]]?):\\d{5}\\b", "$1:PORT");
        ANYWHERE.put("((SELF|PEER)[46]), \\d{5}\\b", "$1, PORT");
        ANYWHERE.put("running as \\w+, pid \\d+", "running as PROGRAM, pid N");
        ANYWHERE.put("(?m) {2,}", "  ");
        ANYWHERE.put("(?m) +$", "");
        ANYWHERE.put("(?m)(ID: +)\\d+$", "$1N");
        ANYWHERE.put("(?m)lookup (\\S+?)(:? on \\S+|): .*", "lookup $1: REASON");
        ANYWHERE.put("\\b[0-9a-f]{16}\\b", "SESSION");
        ANYWHERE.put("(?m)(^|\"id\": \")[0-9a-f]{4}(?=\"|  )", "$1ACCOUNT");
        ANYWHERE.put("tlpub:[0-9a-f]{64}", "tlpub:KEY");
    }

    /// Members of JSON objects whose values depend on the moment or on who came first.
    private static final Set<String> VARYING =
            Set.of("Active", "InEngine", "CurAddr", "Addrs", "Endpoints", "ID", "StableID");

    /// What this node's own texts are called in the plain form.
    private final Map<String, String> names = new LinkedHashMap<>();

    /// From now on `text` is shown as `name`.
    void call(String text, String name) {
        if (!text.isEmpty()) {
            names.put(text, name);
        }
    }

    String of(String text) {
        if (text.startsWith("{")) {
            Map<String, String> lines = new TreeMap<>();
            flatten("", Json.parse(text).value(), lines);
            StringBuilder out = new StringBuilder();
            lines.forEach(
                    (path, value) -> out.append(path).append(": ").append(value).append('\n'));
            return out.toString();
        }
        return inOrder(plain(text));
    }

    /// Go walks through maps in any order, and so `serve status` through ports.
    private static String inOrder(String text) {
        if (!text.contains("(tailnet only)")) {
            return text;
        }
        return Stream.of(text.split("(?=\\|-- tcp://SELF\\.)"))
                .map(block -> block.strip() + "\n")
                .sorted()
                .collect(Collectors.joining());
    }

    private String plain(String text) {
        String plain = text;
        for (Map.Entry<String, String> name : names.entrySet()) {
            plain = plain.replace(name.getKey(), name.getValue());
        }
        for (Map.Entry<String, String> pattern : ANYWHERE.entrySet()) {
            plain = plain.replaceAll(pattern.getKey(), pattern.getValue());
        }
        return plain;
    }

    private void flatten(String path, Object value, Map<String, String> lines) {
        String last = path.substring(path.lastIndexOf('.') + 1);
        if (VARYING.contains(last) && value != null) {
            lines.put(path, "VARIES");
            return;
        }
        switch (value) {
            case Map<?, ?> members when !members.isEmpty() ->
                    members.forEach((name, member) -> {
                        String plain = plain(name.toString()).replaceAll("^\\d+$", "NUMBER");
                        flatten(path + "." + plain, member, lines);
                    });
            case List<?> items when !items.isEmpty() -> {
                for (int i = 0; i < items.size(); i++) {
                    flatten(path + "[" + i + "]", items.get(i), lines);
                }
            }
            case Number number -> lines.put(path, "NUMBER");
            case null -> lines.put(path, "null");
            default -> lines.put(path, plain(value.toString()));
        }
    }
}
