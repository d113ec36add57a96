package dev.remora.io.control;

import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.io.control.FakeControlServer.Exchange;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.TlsTrust;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.HostInfoBuilder;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.RegisterRequest;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/// What every test of the session needs: a server to script, a session on a loop, and what it has told so far.
@Timeout(60)
abstract class SessionFixture {
    static final SecureRandom RANDOM = new SecureRandom();
    private static final Path TLS = Path.of("src/test/resources/tls");
    static final String SUCCESS = "{\"MachineAuthorized\":true}";

    /// Everything a hundred times as fast as with real servers.
    static final ControlConfig.Timing QUICK =
            new ControlConfig.Timing(
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(2),
                    Duration.ofMillis(700),
                    Duration.ofMillis(400),
                    Duration.ofMillis(800),
                    Duration.ofMillis(10),
                    Duration.ofMillis(50),
                    Duration.ofMillis(100),
                    Duration.ofMillis(500));

    /// Whoever fails twice pauses for a year.
    static final ControlConfig.Timing NEVER_AGAIN =
            new ControlConfig.Timing(
                    QUICK.dial(),
                    QUICK.request(),
                    QUICK.followUp(),
                    QUICK.probe(),
                    QUICK.watchdog(),
                    Duration.ofDays(365),
                    Duration.ofDays(365),
                    QUICK.refusedRetry(),
                    QUICK.longestRefusedRetry());

    private static EngineLoop serverLoop;
    private static EngineLoop loop;

    final RecordingListener listener = new RecordingListener();

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<Exchange> taken = new ArrayList<>();

    @BeforeAll
    static void startLoops() {
        serverLoop = EngineLoop.start("fake-control");
        loop = EngineLoop.start("test-session");
    }

    @AfterAll
    static void stopLoops() throws Exception {
        loop.closeAndWait();
        serverLoop.closeAndWait();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    FakeControlServer goodServer() throws Exception {
        return script(server("127.0.0.1", Optional.empty()));
    }

    FakeControlServer server(String address, Optional<SslContext> tls) throws Exception {
        FakeControlServer server = new FakeControlServer(serverLoop, address, tls);
        opened.add(server);
        return server;
    }

    static FakeControlServer script(FakeControlServer server) {
        return server.on("/machine/register", e -> e.reply(200, SUCCESS))
                .on("update", e -> e.reply(200, ""))
                .on("map", e -> e.begin().message(map(e, "")));
    }

    static SslContext tls(String certificate) throws Exception {
        return SslContextBuilder.forServer(
                        TLS.resolve(certificate).toFile(), TLS.resolve("server.key").toFile())
                .build();
    }

    ControlSession session(FakeControlServer server) {
        return session(server, NodeIdentity.NONE);
    }

    ControlSession session(FakeControlServer server, NodeIdentity identity) {
        return session(config(server.url(), QUICK), identity);
    }

    ControlSession session(ControlConfig config, NodeIdentity identity) {
        ControlSession session =
                new ControlSession(
                        config,
                        identity,
                        new SelfReport(
                                new HostInfoBuilder().hostname("tester").build(),
                                Optional.empty(),
                                List.of(),
                                DiscoPrivateKey.generate(RANDOM).publicKey()),
                        listener,
                        loop,
                        RANDOM,
                        InstantSource.system());
        opened.add(session);
        return session;
    }

    static ControlConfig config(ControlUrl url, ControlConfig.Timing timing) {
        return config(url, "ca.pem", timing);
    }

    static ControlConfig config(ControlUrl url, String authority, ControlConfig.Timing timing) {
        return config(url, authority, timing, HttpProxies.NONE);
    }

    static ControlConfig config(
            ControlUrl url, String authority, ControlConfig.Timing timing, HttpProxies proxies) {
        return new ControlConfig(
                url,
                MachinePrivateKey.generate(RANDOM),
                TlsTrust.of(
                        Optional.of(TLS.resolve(authority).toString()), Optional.of("/no/such")),
                proxies,
                Aead.jdk(),
                ControlConfig.CAPABILITY_VERSION,
                timing);
    }

    /// A first message for whoever asks.
    static String map(Exchange request, String more) {
        return "{'Node':{'ID':1,'StableID':'n1','Name':'tester.corp.test.','MachineAuthorized':true,'Key':'"
                + read(MapRequest.class, request).nodeKey().text()
                + "','Addresses':['100.64.0.1/32']}"
                + more
                + "}";
    }

    static <T> T read(Class<T> type, Exchange request) {
        try {
            return ControlJson.read(type, request.body().getBytes(StandardCharsets.UTF_8));
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private synchronized List<Exchange> all(FakeControlServer server) {
        server.seen.drainTo(taken);
        return List.copyOf(taken);
    }

    List<RegisterRequest> registrations(FakeControlServer server) {
        return all(server).stream()
                .filter(e -> e.target().endsWith("/machine/register"))
                .map(e -> read(RegisterRequest.class, e))
                .toList();
    }

    int polls(FakeControlServer server) {
        return (int) all(server).stream().filter(e -> e.body().contains("\"Stream\":true")).count();
    }

    Exchange await(FakeControlServer server, Predicate<Exchange> test) throws InterruptedException {
        while (true) {
            @Nullable Exchange next = server.seen.poll(10, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("waited in vain for a request");
            }
            taken.add(next);
            if (test.test(next)) {
                return next;
            }
        }
    }

    MapRequest awaitUpdate(FakeControlServer server, Predicate<MapRequest> test)
            throws InterruptedException {
        return read(
                MapRequest.class,
                await(
                        server,
                        e ->
                                e.target().endsWith("/machine/map")
                                        && e.body().contains("\"OmitPeers\":true")
                                        && test.test(read(MapRequest.class, e))));
    }

    static boolean isEmpty(@Nullable List<?> list) {
        return list == null || list.isEmpty();
    }
}
