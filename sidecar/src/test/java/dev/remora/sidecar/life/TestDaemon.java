package dev.remora.sidecar.life;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.base.MalformedException;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netmap.NetMap;
import dev.remora.io.control.ControlState;
import dev.remora.io.control.NodeIdentity;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.state.StateStore;
import dev.remora.node.PortHandler;
import dev.remora.node.ServedPort;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapResponse;
import dev.remora.sidecar.config.JsonTree;
import dev.remora.sidecar.localapi.ApiRequest;
import dev.remora.sidecar.localapi.ApiResponse;
import dev.remora.sidecar.localapi.ApiStream;
import dev.remora.sidecar.localapi.Caller;
import dev.remora.sidecar.serve.ServedPorts;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/// A daemon without a network: real state, backend and local API, and a [FakeNode].
final class TestDaemon implements AutoCloseable {
    static final Caller ROOT = new Caller(0);
    static final int OWN_UID = 1234;

    final FakeNode node = new FakeNode();
    final Set<Integer> listening = new TreeSet<>();
    final Profiles profiles;
    final NodeEvents events;
    final Backend backend;
    final Api api;
    private final EngineLoop loop = EngineLoop.start("test-loop");

    TestDaemon() throws Exception {
        this(StateStore.inMemory());
    }

    TestDaemon(StateStore store) throws Exception {
        this(store, Declared.NOTHING);
    }

    /// One that takes its settings from a file.
    TestDaemon(StateStore store, Declared declared) throws Exception {
        profiles = new Profiles(store, new Random(7));
        profiles.save(declared.over(profiles.current().prefs()));
        events = new NodeEvents(profiles);
        SystemInfo system =
                new SystemInfo("vm", "6.18", "debian", "12", "bookworm", "x86_64", true);
        ServedPorts ports = new ServedPorts(loop, this::listen);
        backend =
                new Backend(profiles, node, ports, system, false, Optional.empty(), new Random(8));
        Permissions permissions = new Permissions(OWN_UID, () -> backend.prefs().operatorUser());
        api = new Api(backend, declared, permissions, () -> {});
        events.to(backend);
        declared.begin(backend);
    }

    private Optional<ServedPort> listen(int port, PortHandler handler) {
        listening.add(port);
        return Optional.of(
                new ServedPort() {
                    @Override
                    public int port() {
                        return port;
                    }

                    @Override
                    public void close() {
                        listening.remove(port);
                    }
                });
    }

    /// The tailnet that the recorded daemon was in.
    static NetMap recordedMap() throws IOException, MalformedException {
        try (InputStream in = TestDaemon.class.getResourceAsStream("/vectors/localapi/map.json")) {
            Object map = JsonTree.read(in.readAllBytes()).get("map");
            MapResponse message =
                    ControlJson.read(MapResponse.class, JsonTree.compact(map).getBytes(UTF_8));
            return NetMap.first(message, Instant.parse("2026-11-22T15:04:58Z"));
        }
    }

    /// Becomes what it is after a login at the recorded control server.
    void logIn() throws Exception {
        post("start", "{\"AuthKey\":\"k\",\"UpdatePrefs\":" + RECORDED_PREFS + "}");
        post("login-interactive", "");
        events.onIdentity(
                new NodeIdentity(
                        Optional.of(NodePrivateKey.generate(new Random(9))), Optional.empty()));
        connecting();
        events.onControl(new ControlState.Connected(Optional.empty()));
        node.netMap = Optional.of(recordedMap());
        node.relayed = true;
        events.onNetMap(recordedMap());
        settled();
    }

    /// The last login is on its way.
    void connecting() {
        events.onControl(new ControlState.Connecting(lastLogin()));
    }

    long lastLogin() {
        return node.logins.getLast().options().number();
    }

    static final String RECORDED_PREFS =
            "{\"ControlURL\":\"https://10.77.0.2:443\",\"WantRunning\":true,\"Hostname\":\"kilo\",\"CorpDNS\":false}";

    /// Waits until everything that was posted so far has been dealt with.
    void settled() throws Exception {
        backend.ask(() -> true);
    }

    ApiResponse.Full get(String path) throws Exception {
        return call("GET", path, "", ROOT);
    }

    ApiResponse.Full post(String path, String body) throws Exception {
        return call("POST", path, body, ROOT);
    }

    ApiResponse.Full patch(String body) throws Exception {
        return call("PATCH", "prefs", body, ROOT);
    }

    ApiResponse.Full call(String method, String path, String body, Caller caller) throws Exception {
        return (ApiResponse.Full)
                api.handle(request(method, "/localapi/v0/" + path, Map.of(), body, caller));
    }

    static ApiRequest request(
            String method, String target, Map<String, String> headers, String body, Caller caller) {
        io.netty.handler.codec.http.QueryStringDecoder uri =
                new io.netty.handler.codec.http.QueryStringDecoder(target);
        Map<String, String> query = new java.util.HashMap<>();
        uri.parameters().forEach((name, values) -> query.put(name, values.getFirst()));
        return new ApiRequest(method, uri.path(), query, headers, body.getBytes(UTF_8), caller);
    }

    static String text(ApiResponse.Full response) {
        return new String(response.body(), UTF_8);
    }

    Map<String, Object> status() throws Exception {
        return JsonTree.read(get("status").body());
    }

    /// Opens a stream of notifications.
    Watcher watch(int mask) throws Exception {
        Watcher watcher = new Watcher();
        ApiRequest request =
                request("GET", "/localapi/v0/watch-ipn-bus?mask=" + mask, Map.of(), "", ROOT);
        ((ApiResponse.Stream) api.handle(request)).start().accept(watcher);
        return watcher;
    }

    /// Remembers what it was told.
    static final class Watcher implements ApiStream {
        private final List<Map<String, Object>> told = new ArrayList<>();
        private final List<Runnable> onClose = new ArrayList<>();
        private boolean closed;

        @Override
        public synchronized void write(byte[] piece) {
            try {
                told.add(JsonTree.read(piece));
            } catch (MalformedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public synchronized void onClose(Runnable action) {
            onClose.add(action);
        }

        @Override
        public synchronized void close() {
            closed = true;
            onClose.forEach(Runnable::run);
        }

        synchronized boolean isClosed() {
            return closed;
        }

        synchronized List<Map<String, Object>> told() {
            return List.copyOf(told);
        }

        /// The values of one member, of those messages that have it.
        List<Object> values(String member) {
            return told().stream()
                    .map(message -> message.get(member))
                    .filter(v -> v != null)
                    .toList();
        }
    }

    @Override
    public void close() {
        backend.close();
        loop.close();
    }
}
