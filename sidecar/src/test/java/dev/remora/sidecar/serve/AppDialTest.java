package dev.remora.sidecar.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.base.MalformedException;
import dev.remora.io.loop.EngineLoop;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AppDialTest {
    private final EngineLoop loop = EngineLoop.start("test-loop");

    @AfterEach
    void stop() throws InterruptedException {
        loop.closeAndWait();
    }

    /// Whether the app refused, as the exception of a dial.
    private static final class DialFailure extends Exception {
        private static final long serialVersionUID = 1L;
        private final boolean refused;

        DialFailure(IOException why, boolean refused) {
            super(why.getMessage());
            this.refused = refused;
        }
    }

    private CompletableFuture<DuplexChannel> dial(String host, int port) {
        CompletableFuture<DuplexChannel> result = new CompletableFuture<>();
        AppDial.Listener listener =
                new AppDial.Listener() {
                    @Override
                    public void onConnected(DuplexChannel app) {
                        result.complete(app);
                    }

                    @Override
                    public void onFailed(IOException why, boolean refused) {
                        result.completeExceptionally(new DialFailure(why, refused));
                    }
                };
        loop.netty().execute(() -> AppDial.start(loop, new AppAddress(host, port), listener));
        return result;
    }

    private static DialFailure failure(CompletableFuture<DuplexChannel> dial) throws Exception {
        try {
            dial.get(10, TimeUnit.SECONDS).close();
            throw new AssertionError("it connected");
        } catch (ExecutionException e) {
            return (DialFailure) e.getCause();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void localhostIsFoundOnEitherFamily(String family) throws Exception {
        InetAddress loopback = InetAddress.getByName(family);
        assumeTrue(NetworkInterface.getByInetAddress(loopback) != null, "no IPv6 here");
        try (ServerSocket app = new ServerSocket(0, 5, loopback)) {
            DuplexChannel channel = dial("localhost", app.getLocalPort()).get(10, TimeUnit.SECONDS);
            try (Socket accepted = app.accept()) {
                assertThat(accepted.isConnected()).isTrue();
                assertThat(channel.isActive()).isTrue();
                assertThat(channel.config().isAutoRead())
                        .as("nothing is read before the peer is there")
                        .isFalse();
            }
            channel.close().sync();
        }
    }

    @Test
    void aClosedPortIsARefusal() throws Exception {
        int port;
        try (ServerSocket app = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            port = app.getLocalPort();
        }
        assertThat(failure(dial("127.0.0.1", port)).refused).isTrue();
    }

    @Test
    void aNameThatDoesNotExistIsNoRefusal() throws Exception {
        DialFailure failure = failure(dial("no-such-host.invalid", 80));
        assertThat(failure.refused).isFalse();
        assertThat(failure).hasMessageContaining("no-such-host.invalid");
    }

    @Test
    void aCancelledDialLeavesNoConnectionBehind() throws Exception {
        try (ServerSocket app = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            CompletableFuture<Boolean> heard = new CompletableFuture<>();
            AppDial.Listener listener =
                    new AppDial.Listener() {
                        @Override
                        public void onConnected(DuplexChannel channel) {
                            heard.complete(true);
                        }

                        @Override
                        public void onFailed(IOException why, boolean refused) {
                            heard.complete(false);
                        }
                    };
            loop.netty()
                    .submit(() ->
                            AppDial.start(
                                            loop,
                                            new AppAddress("127.0.0.1", app.getLocalPort()),
                                            listener)
                                    .cancel())
                    .sync();
            app.setSoTimeout(1000);
            try (Socket accepted = app.accept()) {
                assertThat(accepted.getInputStream().read()).isEqualTo(-1);
            } catch (java.net.SocketTimeoutException | java.net.SocketException e) {
                assertThat(e).as("never connected, or reset").isNotNull();
            }
            assertThat(heard).isNotDone();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:5000, localhost, 5000",
        "127.0.0.1:22, 127.0.0.1, 22",
        "[::1]:5000, ::1, 5000",
        "::1:5000, ::1, 5000",
        "flask-app:80, flask-app, 80",
    })
    void targetsAreHostAndPort(String text, String host, int port) throws Exception {
        assertThat(AppAddress.parse(text)).isEqualTo(new AppAddress(host, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5000",
                "localhost",
                "localhost:",
                "localhost:0",
                "localhost:65536",
                ":80",
                "a b:80",
                "http://x/:80"
            })
    void everythingElseIsNone(String text) {
        assertThatThrownBy(() -> AppAddress.parse(text))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("is not of the form host:port");
    }
}
