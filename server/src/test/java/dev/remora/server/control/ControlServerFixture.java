package dev.remora.server.control;

import dev.remora.base.MalformedException;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.io.loop.EngineLoop;
import dev.remora.proto.control.AuthKey;
import dev.remora.server.http.HttpServer;
import dev.remora.server.http.HttpSettings;
import dev.remora.server.netmap.MapService;
import dev.remora.server.netmap.MapSettings;
import dev.remora.server.netmap.TailnetSource;
import dev.remora.server.policy.PolicyException;
import dev.remora.server.store.SqliteStorage;
import dev.remora.server.tailnet.Actor;
import dev.remora.server.tailnet.NewAuthKey;
import dev.remora.server.tailnet.NewUser;
import dev.remora.server.tailnet.Refused;
import dev.remora.server.tailnet.Tailnet;
import dev.remora.server.tailnet.TailnetSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/// A whole control server over an empty tailnet with a user `alice`, on a port of loopback.
final class ControlServerFixture implements AutoCloseable {
    static final Actor TEST = new Actor("test");

    final MachinePrivateKey key = MachinePrivateKey.generate(new SecureRandom());
    final Refusals refusals = new Refusals(System::nanoTime);
    final Tailnet tailnet;
    final MapService maps;
    final long alice;
    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
    private final HttpClient http = HttpClient.newHttpClient();
    private final EngineLoop loop = EngineLoop.start("test-control");
    private final HttpServer server;

    ControlServerFixture(Path folder, ControlSettings settings)
            throws IOException, PolicyException, Refused {
        TailnetSettings names = TailnetSettings.of("http://127.0.0.1:8080", "tail.test");
        tailnet =
                Tailnet.open(
                        names,
                        SqliteStorage.open(folder.resolve("tailnet.db")),
                        Clock.systemUTC(),
                        new SecureRandom(),
                        timers);
        alice = tailnet.users().create(NewUser.named("alice"), TEST).id();
        maps =
                TailnetSource.serve(
                        tailnet,
                        MapSettings.of("127.0.0.1", "tail.test", names.ipv4(), names.ipv6()),
                        Clock.systemUTC());
        server =
                HttpServer.start(
                        loop,
                        HttpSettings.of(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                Optional.empty()),
                        ControlRoutes.of(tailnet, maps, key, settings, refusals));
    }

    static ControlServerFixture start(Path folder) throws Exception {
        return new ControlServerFixture(folder, ControlSettings.standard());
    }

    InetSocketAddress address() {
        return server.address();
    }

    /// A new machine's connection.
    TestClient connect() throws IOException, MalformedException {
        return connect(MachinePrivateKey.generate(new SecureRandom()));
    }

    TestClient connect(MachinePrivateKey machine) throws IOException, MalformedException {
        return new TestClient(address(), key.publicKey(), machine, TestClient.VERSION).begin();
    }

    String authKey() throws Refused, IOException {
        AuthKey secret = tailnet.authKeys().create(NewAuthKey.forUser(alice), TEST).secret();
        return secret.secret();
    }

    static NodeKey nodeKey() {
        return NodePrivateKey.generate(new SecureRandom()).publicKey();
    }

    /// A registration as clients write it.
    static String register(NodeKey node, String authKey) {
        return """
        {"Version":131,"NodeKey":"%s","OldNodeKey":"nodekey:%s",%s"Expiry":"0001-01-01T00:00:00Z",
         "Followup":"","Hostinfo":{"OS":"linux","Hostname":"web"}}
        """
                .formatted(
                        node.text(),
                        "0".repeat(64),
                        authKey.isEmpty() ? "" : "\"Auth\":{\"AuthKey\":\"" + authKey + "\"},");
    }

    /// A map request.
    static String map(NodeKey node, boolean stream) {
        return """
        {"Version":131,"NodeKey":"%s","DiscoKey":"discokey:%s","Stream":%s,"OmitPeers":%s,"KeepAlive":true,
         "Hostinfo":{"OS":"linux","Hostname":"web"}}
        """
                .formatted(node.text(), "7".repeat(64), stream, !stream);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).GET());
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + address().getPort() + path);
    }

    private HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return http.send(
                request.version(HttpClient.Version.HTTP_1_1).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() throws IOException {
        maps.close();
        server.close();
        loop.close();
        tailnet.close();
        timers.shutdownNow();
        http.close();
    }
}
