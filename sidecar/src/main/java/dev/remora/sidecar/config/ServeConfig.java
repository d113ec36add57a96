package dev.remora.sidecar.config;

import dev.remora.base.MalformedException;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import io.avaje.jsonb.JsonType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What this node publishes on the tailnet. Immutable. An empty map is absent, as in the JSON; [#ports] and [#sessions] read without that.
///
/// @param tcp by port number as text
/// @param web by `host:port`
/// @param foreground what lives as long as a command does, by the id of its session; not nested any further
@Json
public record ServeConfig(
        @Property("TCP") @Nullable Map<String, TcpPortHandler> tcp,
        @Property("Web") @Nullable Map<String, WebServerConfig> web,
        @Property("Services") @Nullable Map<String, ServiceConfig> services,
        @Property("AllowFunnel") @Nullable Map<String, Boolean> allowFunnel,
        @Property("Foreground") @Nullable Map<String, ServeConfig> foreground) {
    public static final ServeConfig EMPTY = new ServeConfig(null, null, null, null, null);

    private static final JsonType<ServeConfig> TYPE = ConfigJson.type(ServeConfig.class);

    public ServeConfig {
        tcp = normal(tcp);
        web = normal(web);
        services = normal(services);
        allowFunnel = normal(allowFunnel);
        foreground = normal(foreground);
    }

    private static <V> @Nullable Map<String, V> normal(@Nullable Map<String, V> map) {
        return map == null || map.isEmpty()
                ? null
                : Collections.unmodifiableMap(new TreeMap<>(map));
    }

    private static <V> Map<String, V> orEmpty(@Nullable Map<String, V> map) {
        return map == null ? Map.of() : map;
    }

    /// What each port does, lasting part only, by port number as text.
    public Map<String, TcpPortHandler> ports() {
        return orEmpty(tcp);
    }

    /// Foreground parts by session id.
    public Map<String, ServeConfig> sessions() {
        return orEmpty(foreground);
    }

    /// Reads a configuration and refuses one that says nothing sensible. As in Go, names may be written in any case.
    public static ServeConfig parse(byte[] json) throws MalformedException {
        return of(ServeNames.spelt(JsonTree.read(json)));
    }

    /// The same of what a person wrote: of one that says something, and nothing of what is known, whoever wrote it expects more than that nothing is published.
    public static ServeConfig parseFile(byte[] json) throws MalformedException {
        Map<String, Object> tree = ServeNames.spelt(JsonTree.read(json));
        if (!tree.isEmpty() && tree.keySet().stream().noneMatch(ServeNames::isKnown)) {
            throw new MalformedException(
                    "nothing in it is known: it has none of TCP, Web, Services, AllowFunnel, as `serve status --json` shows them");
        }
        return of(tree);
    }

    private static ServeConfig of(Map<String, Object> tree) throws MalformedException {
        byte[] json = JsonTree.compact(tree).getBytes(StandardCharsets.UTF_8);
        ServeConfig config = ConfigJson.read(TYPE, json, "serve config");
        config.check();
        return config;
    }

    public byte[] toJson() {
        return ConfigJson.write(TYPE, this);
    }

    /// Changes whenever the configuration does; opaque to clients.
    public static String etag(Optional<ServeConfig> config) {
        byte[] json =
                config.map(ServeConfig::toJson)
                        .orElseGet(() -> "null".getBytes(StandardCharsets.UTF_8));
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private void check() throws MalformedException {
        checkPorts(ports());
        for (ServiceConfig service : orEmpty(services).values()) {
            checkPorts(orEmpty(service.tcp()));
        }
        for (ServeConfig nested : sessions().values()) {
            if (!nested.sessions().isEmpty()) {
                throw new MalformedException("a foreground configuration cannot hold another one");
            }
            nested.check();
        }
    }

    private static void checkPorts(Map<String, TcpPortHandler> ports) throws MalformedException {
        for (String port : ports.keySet()) {
            if (port.isEmpty()
                    || port.length() > 5
                    || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw new MalformedException("\"" + port + "\" is no port");
            }
            int number = Integer.parseInt(port);
            if (number == 0 || number > 0xffff) {
                throw new MalformedException("port " + number + " is not between 1 and 65535");
            }
        }
    }

    /// What `port` does now: the lasting configuration first, then those of the sessions that still live.
    public Optional<TcpPortHandler> handler(int port, Set<String> liveSessions) {
        String key = Integer.toString(port);
        TcpPortHandler own = ports().get(key);
        if (own != null) {
            return Optional.of(own);
        }
        return sessions().entrySet().stream()
                .filter(session -> liveSessions.contains(session.getKey()))
                .flatMap(session ->
                        Optional.ofNullable(session.getValue().ports().get(key)).stream())
                .findFirst();
    }

    /// Every port that is served now, with what it does.
    public Map<Integer, TcpPortHandler> handlers(Set<String> liveSessions) {
        Map<Integer, TcpPortHandler> all = new TreeMap<>();
        sessions()
                .forEach((id, session) -> {
                    if (liveSessions.contains(id)) {
                        session.ports()
                                .forEach((port, handler) ->
                                        all.putIfAbsent(Integer.parseInt(port), handler));
                    }
                });
        ports().forEach((port, handler) -> all.put(Integer.parseInt(port), handler));
        return all;
    }

    /// The same without the foreground parts of sessions that are over.
    public ServeConfig withLiveSessions(Set<String> liveSessions) {
        Map<String, ServeConfig> live = new TreeMap<>(sessions());
        live.keySet().retainAll(liveSessions);
        return withForeground(live);
    }

    public ServeConfig withForeground(Map<String, ServeConfig> sessions) {
        return new ServeConfig(tcp, web, services, allowFunnel, sessions);
    }

    public boolean isEmpty() {
        return equals(EMPTY);
    }

    /// Whether this may take the place of `before`: a port belongs to whoever has it until it is given up.
    ///
    /// @param liveSessions sessions whose foreground parts in `before` count
    /// @throws MalformedException if a port would change hands, in the words that the command line shows
    public void checkConflicts(ServeConfig before, Set<String> liveSessions)
            throws MalformedException {
        ServeConfig alive = before.withLiveSessions(liveSessions);
        for (Map.Entry<String, ServeConfig> session : sessions().entrySet()) {
            if (!alive.sessions().containsKey(session.getKey())) {
                for (String port : session.getValue().ports().keySet()) {
                    checkFree(port, alive);
                }
            }
        }
        for (Map.Entry<String, TcpPortHandler> entry : ports().entrySet()) {
            checkBackground(entry.getKey(), entry.getValue(), alive);
        }
    }

    private static void checkFree(String port, ServeConfig alive) throws MalformedException {
        if (alive.ports().containsKey(port) || alive.isInForeground(port)) {
            throw new MalformedException("listener already exists for port " + port);
        }
    }

    private static void checkBackground(String port, TcpPortHandler handler, ServeConfig alive)
            throws MalformedException {
        if (alive.isInForeground(port)) {
            throw new MalformedException("foreground listener already exists for port " + port);
        }
        TcpPortHandler old = alive.ports().get(port);
        if (old != null && old.kind() != handler.kind()) {
            throw new MalformedException(
                    "want to serve \""
                            + handler.kind()
                            + "\", but port "
                            + port
                            + " is already serving \""
                            + old.kind()
                            + "\"");
        }
    }

    private boolean isInForeground(String port) {
        return sessions().values().stream().anyMatch(session -> session.ports().containsKey(port));
    }
}
