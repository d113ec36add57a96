package dev.remora.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.MalformedException;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.io.loop.EngineLoop;
import dev.remora.server.http.HttpServer;
import dev.remora.server.http.HttpSettings;
import dev.remora.server.http.Routes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A server with the transport alone, answering as a test wants it.
final class TestControl implements AutoCloseable {
    /// Says what it was asked.
    static final InnerApp ECHO =
            (request, answer) -> answer.text(200, request.method() + " " + request.text());

    final MachinePrivateKey key = MachinePrivateKey.generate(new SecureRandom());
    final Refusals refusals = new Refusals(System::nanoTime);
    final InnerContext context;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final EngineLoop loop = EngineLoop.start("test-control");
    private final HttpServer server;

    TestControl(ControlSettings settings, InnerApp app) throws IOException {
        this.context =
                InnerContext.of(
                        settings,
                        key,
                        new SecureRandom(),
                        app,
                        refusals,
                        System::nanoTime,
                        threads);
        this.server =
                HttpServer.start(
                        loop,
                        HttpSettings.of(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                Optional.empty()),
                        Routes.none().withUpgrade("/ts2021", new Ts2021(context)));
    }

    InetSocketAddress address() {
        return server.address();
    }

    TestClient connect() throws IOException, MalformedException {
        return new TestClient(address(), key.publicKey()).begin();
    }

    void stillAnswers() throws Exception {
        try (TestClient other = connect()) {
            assertThat(other.ask("POST", "/x", "still there").body()).isEqualTo("POST still there");
        }
    }

    /// The last one may leave a moment after its client has seen the end.
    void awaitNoStrangers() {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (context.strangers().count() != 0) {
            assertThat(System.nanoTime() - deadline).as("strangers are left").isNegative();
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        server.close();
        threads.shutdownNow();
        loop.close();
    }
}
