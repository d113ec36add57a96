package dev.remora.server.relay;

import static dev.remora.server.relay.TestRelay.ALICE;
import static dev.remora.server.relay.TestRelay.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.io.loop.EngineLoop;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.server.http.HttpServer;
import dev.remora.server.http.HttpSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class BurstTest {
    /// Together more than a connection and its queue hold, and less than they and the kernel do.
    private static final int PACKETS = 150;

    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final EngineLoop loop = EngineLoop.start("burst-test");

    /// The relay reads and writes by turns, so what it has read is on its way before it reads on.
    @Test
    void whatCameWhileTheRelayHadOtherWorkIsDeliveredWhole() throws Exception {
        DerpFrame packet = new DerpFrame.SendPacket(BOB.publicKey(), ByteBuffer.allocate(1400));
        try (RelayServer relay = new RelayServer(loop, RelaySettings.open(TestRelay.KEY));
                HttpServer front =
                        HttpServer.start(
                                loop, HttpSettings.of(ANY, Optional.empty()), relay.routes());
                Sockets alice = Sockets.join(front.address(), relay.publicKey(), ALICE);
                Sockets bob = Sockets.join(front.address(), relay.publicKey(), BOB)) {
            CountDownLatch otherWork = new CountDownLatch(1);
            var busy =
                    loop.netty()
                            .submit(() -> {
                                otherWork.await();
                                return true;
                            });
            Thread burst =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    for (int i = 0; i < PACKETS; i++) {
                                        alice.write(packet);
                                    }
                                    alice.write(new DerpFrame.Ping(1));
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            burst.join(Duration.ofSeconds(5));
            otherWork.countDown();
            assertThat(busy.sync().getNow()).isTrue();

            assertThat(alice.read()).isEqualTo(new DerpFrame.Pong(1));
            assertThat(relay.counts().drops(Drop.QUEUE_FULL)).isZero();
            assertThat(bob.read()).isInstanceOf(DerpFrame.RecvPacket.class);
        } finally {
            loop.closeAndWait();
        }
    }
}
