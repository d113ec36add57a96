package dev.remora.io.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UdpSocketTest {
    /// Every pair of implementations must understand each other, whatever offload one of them uses.
    static Stream<Opener[]> pairs() {
        Opener best = LinuxUdpSocket::bind;
        Opener nio = NioUdpSocket::bind;
        return Stream.of(
                new Opener[] {best, best},
                new Opener[] {best, nio},
                new Opener[] {nio, best},
                new Opener[] {nio, nio});
    }

    interface Opener {
        UdpSocket open(IpAddress local, int port) throws IOException;
    }

    private record Received(IpPort from, byte[] bytes) {}

    @ParameterizedTest
    @MethodSource("pairs")
    void carriesRunsOfDatagramsWithALongTail(Opener senderKind, Opener receiverKind)
            throws Exception {
        try (UdpSocket sender = senderKind.open(IpAddress.LOOPBACK_V4, 0);
                UdpSocket receiver = receiverKind.open(IpAddress.LOOPBACK_V4, 0)) {
            ByteBuffer run = ByteBuffer.allocateDirect(100 * 1312 + 40);
            for (int i = 0; i < run.capacity(); i++) {
                run.put(i, (byte) (i / 1312));
            }
            assertThat(sender.send(new IpPort(IpAddress.LOOPBACK_V4, receiver.port()), run, 1312))
                    .isZero();

            List<Received> received = receive(receiver, 101);
            for (int i = 0; i < 100; i++) {
                assertThat(received.get(i).bytes).hasSize(1312).containsOnly(i);
            }
            assertThat(received.get(100).bytes).hasSize(40).containsOnly(100);
            assertThat(received)
                    .allSatisfy(r ->
                            assertThat(r.from)
                                    .isEqualTo(new IpPort(IpAddress.LOOPBACK_V4, sender.port())));
        }
    }

    @Test
    void sendsFromAnyPlaceOfABuffer() throws Exception {
        assumeTrue(hasIpv6(), "this machine has no IPv6");
        try (UdpSocket sender = LinuxUdpSocket.bind(IpAddress.LOOPBACK_V6, 0);
                UdpSocket receiver = LinuxUdpSocket.bind(IpAddress.LOOPBACK_V6, 0)) {
            ByteBuffer bytes =
                    ByteBuffer.allocateDirect(100).put(50, (byte) 7).position(50).limit(51);
            sender.send(new IpPort(IpAddress.LOOPBACK_V6, receiver.port()), bytes, 1);
            assertThat(receive(receiver, 1).getFirst().bytes).containsExactly(7);
        }
    }

    private static boolean hasIpv6() throws IOException {
        return NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null;
    }

    @Test
    void aPortInUseIsSaidSo() throws Exception {
        try (UdpSocket first = LinuxUdpSocket.bind(IpAddress.LOOPBACK_V4, 0)) {
            assertThatThrownBy(() -> LinuxUdpSocket.bind(IpAddress.LOOPBACK_V4, first.port()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("bind UDP 127.0.0.1:" + first.port());
        }
    }

    @Test
    void aDatagramNobodyTakesDoesNotBreakTheSocket() throws Exception {
        try (UdpSocket sender = LinuxUdpSocket.bind(IpAddress.LOOPBACK_V4, 0);
                UdpSocket receiver = LinuxUdpSocket.bind(IpAddress.LOOPBACK_V4, 0)) {
            int closedPort;
            try (UdpSocket gone = LinuxUdpSocket.bind(IpAddress.LOOPBACK_V4, 0)) {
                closedPort = gone.port();
            }
            ByteBuffer one = ByteBuffer.allocateDirect(1);
            sender.send(new IpPort(IpAddress.LOOPBACK_V4, closedPort), one, 1);
            sender.send(new IpPort(IpAddress.LOOPBACK_V4, receiver.port()), one, 1);
            assertThat(receive(receiver, 1)).hasSize(1);
            assertThat(sender.receive((from, datagrams, size) -> {})).isFalse();
        }
    }

    private static List<Received> receive(UdpSocket socket, int count) throws IOException {
        List<Received> received = new ArrayList<>();
        long deadline = System.nanoTime() + 5_000_000_000L;
        while (received.size() < count && System.nanoTime() < deadline) {
            socket.receive((from, datagrams, size) -> {
                while (datagrams.hasRemaining()) {
                    byte[] one = new byte[Math.min(size, datagrams.remaining())];
                    datagrams.get(one);
                    received.add(new Received(from, one));
                }
            });
        }
        assertThat(received).hasSize(count);
        return received;
    }
}
