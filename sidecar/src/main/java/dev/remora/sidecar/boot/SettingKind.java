package dev.remora.sidecar.boot;

import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.io.control.ControlUrl;
import dev.remora.sidecar.cli.GoDuration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a setting's value looks like in a configuration file, and how a schema describes that. The environment has its own rules for the same values, those of
/// the official image, which forgive more.
enum SettingKind {
    TEXT("text", Map.of("type", List.of("string", "number")), text -> Optional.empty()),
    SWITCH("true or false", Map.of("type", "boolean"), text -> oneOf(text, "true", "false")),
    SPAN(
            "span of time",
            matching("^(0|([0-9]+(\\.[0-9]*)?(ns|us|µs|ms|s|m|h))+)$"),
            text ->
                    GoDuration.parse(text).filter(span -> !span.isNegative()).isPresent()
                            ? Optional.empty()
                            : Optional.of("is a span of time, like 5s, 90s or 2m")),
    PATH("path", matching("^[^\\u0000]+$"), SettingKind::noPath),
    ADDRESS(
            "address:port",
            matching("^.+:[0-9]{1,5}$"),
            text ->
                    unread(
                            AddressAndPort::parse,
                            text,
                            "is an address and a port, like [::]:9002")),
    URL("URL", matching("^https?://[^/]+"), SettingKind::noWebAddress),
    LEVEL("`info`, `debug` or `trace`", "info", "debug", "trace"),
    FORMAT("`text` or `json`", "text", "json"),
    EXPOSURE("`declared` or `all`", "declared", "all"),
    TAGS("list of tags", list(matching(Patterns.TAG)), SettingKind::noTag),
    ROUTES(
            "list of prefixes",
            list(matching("^[0-9a-fA-F.:]+/[0-9]{1,3}$")),
            text -> unread(IpPrefix::parse, text, "has prefixes, like 10.1.0.0/16")),
    WORDS("list of words", list(matching("^[^\\s\\u0000]+$")), SettingKind::noWord),
    PORTS(
            "list or mapping of ports",
            ports(),
            text -> unread(DeclaredPorts::read, text, "has ports, like tcp:80=localhost:5000"));

    private final String words;
    private final Map<String, Object> schema;
    private final Check check;

    private static final class Patterns {
        static final String TAG = "^(tag:)?[a-zA-Z][a-zA-Z0-9-]*$";
    }

    /// Says what a value ought to be instead.
    @FunctionalInterface
    private interface Check {
        Optional<String> refusal(String text);
    }

    /// Reads a value, or refuses it.
    @FunctionalInterface
    private interface Reader {
        Object read(String text) throws MalformedException;
    }

    SettingKind(String words, Map<String, Object> schema, Check check) {
        this.words = words;
        this.schema = schema;
        this.check = check;
    }

    SettingKind(String words, String... choice) {
        this(words, Map.of("enum", List.of(choice)), text -> oneOf(text, choice));
    }

    /// What a value is, for people.
    String words() {
        return words;
    }

    /// The JSON Schema of a value.
    Map<String, Object> schema() {
        return schema;
    }

    /// What one value, or one entry of a list, ought to be instead, as the end of a sentence; never repeats the value, which may be secret.
    Optional<String> refusal(String text) {
        return check.refusal(text);
    }

    /// Whether several values may stand in a list.
    boolean isList() {
        return this == TAGS || this == ROUTES || this == WORDS || this == PORTS;
    }

    /// What stands between the entries of a list in the variable of the same meaning.
    String separator() {
        return this == WORDS ? " " : ",";
    }

    private static Optional<String> noPath(String text) {
        return text.isBlank() || text.indexOf('\0') >= 0
                ? Optional.of("is a path, like /var/lib/tailscale")
                : Optional.empty();
    }

    private static Optional<String> noTag(String text) {
        return text.matches(Patterns.TAG)
                ? Optional.empty()
                : Optional.of("has tags, like tag:web, of letters, digits and dashes");
    }

    private static Optional<String> noWord(String text) {
        return text.isEmpty()
                        || text.indexOf('\0') >= 0
                        || text.chars().anyMatch(Character::isWhitespace)
                ? Optional.of("has one word in each entry, with no blanks in it")
                : Optional.empty();
    }

    private static Optional<String> noWebAddress(String text) {
        try {
            ControlUrl.parse(text);
            return Optional.empty();
        } catch (MalformedException e) {
            return Optional.of("is a URL, like https://headscale.example");
        }
    }

    private static Optional<String> oneOf(String text, String... allowed) {
        return List.of(allowed).contains(text)
                ? Optional.empty()
                : Optional.of("is one of " + String.join(", ", allowed));
    }

    private static Optional<String> unread(Reader reader, String text, String wanted) {
        try {
            reader.read(text);
            return Optional.empty();
        } catch (MalformedException e) {
            return Optional.of(wanted + " (" + e.reason() + ")");
        }
    }

    private static Map<String, Object> matching(String pattern) {
        return new TreeMap<>(Map.of("type", "string", "pattern", pattern));
    }

    /// One entry alone may stand without the list around it.
    private static Map<String, Object> list(Map<String, Object> entry) {
        Map<String, Object> list = new TreeMap<>(Map.of("type", "array", "items", entry));
        return Map.of("anyOf", List.of(list, entry));
    }

    private static Map<String, Object> ports() {
        Map<String, Object> mapping =
                new TreeMap<>(
                        Map.of(
                                "type",
                                "object",
                                "propertyNames",
                                Map.of("pattern", "^(tcp:)?[0-9]{1,5}$"),
                                "additionalProperties",
                                Map.of("type", List.of("string", "integer"))));
        return Map.of("anyOf", List.of(mapping, list(matching("^tcp:[0-9]{1,5}=.+$"))));
    }
}
