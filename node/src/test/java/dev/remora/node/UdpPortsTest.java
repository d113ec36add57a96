package dev.remora.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.udp.UdpSocket;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The node's own sockets, on loopback.
class UdpPortsTest {
    private final EngineLoop loop = EngineLoop.start("test-udp");
    private final BlockingQueue<String> happened = new LinkedBlockingQueue<>();
    private UdpSocket.Receiver receiver =
            (from, datagrams, size) -> happened.add("got " + datagrams.remaining());

    private UdpPorts ports(int configured) {
        return new UdpPorts(
                loop,
                configured,
                (from, datagrams, size) -> receiver.onDatagrams(from, datagrams, size),
                () -> happened.add("end of batch"),
                () -> happened.add("broken"));
    }

    @AfterEach
    void end() throws Exception {
        loop.closeAndWait();
    }

    private <T> T onLoop(Callable<T> action) throws Exception {
        return loop.netty().submit(action).get(10, TimeUnit.SECONDS);
    }

    private boolean run(Runnable action) throws Exception {
        return onLoop(() -> {
            action.run();
            return true;
        });
    }

    private void send(int toPort) throws Exception {
        try (UdpSocket stranger = UdpSocket.open(loop, IpAddress.LOOPBACK_V4, 0)) {
            stranger.send(
                    new IpPort(IpAddress.LOOPBACK_V4, toPort), ByteBuffer.allocateDirect(9), 9);
        }
    }

    private String next() throws Exception {
        return happened.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void bothFamiliesHaveOnePort() throws Exception {
        UdpPorts udp = ports(0);
        run(() -> udp.open(0));
        assertThat(udp.port(true)).isPositive().isEqualTo(udp.port(false));
        assertThat(udp.problem()).isEmpty();
        assertThat(udp.isPortConfigured()).isFalse();
        run(udp::close);
        assertThat(udp.port(true)).isZero();
    }

    @Test
    void whatComesIsHandedOnAndTheBatchIsEnded() throws Exception {
        UdpPorts udp = ports(0);
        run(() -> udp.open(0));
        send(udp.port(true));
        assertThat(next()).isEqualTo("got 9");
        assertThat(next()).isEqualTo("end of batch");
        run(udp::close);
    }

    @Test
    void aPortThatIsTakenIsReplacedAndToldSo() throws Exception {
        try (UdpSocket taken = onLoop(() -> UdpSocket.open(loop, IpAddress.ANY_V4, 0))) {
            UdpPorts udp = ports(taken.port());
            run(() -> udp.open(0));
            assertThat(udp.port(true)).isPositive().isNotEqualTo(taken.port());
            assertThat(udp.isPortConfigured()).isFalse();
            assertThat(udp.problem()).get().asString().contains(String.valueOf(taken.port()));
            run(udp::close);
        }
    }

    @Test
    void anotherOpeningTakesThePortThatIsFreeAgain() throws Exception {
        UdpSocket taken = onLoop(() -> UdpSocket.open(loop, IpAddress.ANY_V4, 0));
        int wanted = taken.port();
        UdpPorts udp = ports(wanted);
        run(() -> udp.open(0));
        run(taken::close);
        run(udp::reopen);
        assertThat(udp.port(true)).isEqualTo(wanted);
        assertThat(udp.isPortConfigured()).isTrue();
        assertThat(udp.problem()).isEmpty();
        run(udp::close);
    }

    @Test
    void reopenedSocketsKeepTheirPortAndWork() throws Exception {
        UdpPorts udp = ports(0);
        run(() -> udp.open(0));
        int port = udp.port(true);
        run(udp::reopen);
        assertThat(udp.port(true)).isEqualTo(port);
        send(port);
        assertThat(next()).isEqualTo("got 9");
        run(udp::close);
    }

    @Test
    void aReceiverThatFailsIsToldOnce() throws Exception {
        receiver =
                (from, datagrams, size) -> {
                    throw new IOException("broken, for this test");
                };
        UdpPorts udp = ports(0);
        run(() -> udp.open(0));
        send(udp.port(true));
        assertThat(next()).isEqualTo("broken");
        run(udp::close);
    }

    @Test
    void withoutSocketsNothingCanBeReached() {
        UdpPorts udp = ports(0);
        assertThatThrownBy(() ->
                        udp.send(
                                new IpPort(IpAddress.LOOPBACK_V4, 9),
                                ByteBuffer.allocateDirect(1),
                                1))
                .isInstanceOf(NoRouteToHostException.class);
    }
}
