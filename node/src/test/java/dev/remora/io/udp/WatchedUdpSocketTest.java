package dev.remora.io.udp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.Watch;
import dev.remora.testing.Packets;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatchedUdpSocketTest {
    private static EngineLoop loop(boolean portable) {
        return portable ? EngineLoop.startPortable("test-loop") : EngineLoop.start("test-loop");
    }

    @ParameterizedTest(name = "portable {0}")
    @ValueSource(booleans = {false, true})
    void theLoopReportsDatagramsUntilTheWatchStops(boolean portable) throws Exception {
        try (EngineLoop loop = loop(portable);
                UdpSocket receiver = UdpSocket.open(loop, IpAddress.LOOPBACK_V4, 0);
                UdpSocket sender = UdpSocket.open(loop, IpAddress.LOOPBACK_V4, 0)) {
            BlockingQueue<Integer> sizes = new LinkedBlockingQueue<>();
            Watch watch =
                    loop.watch(
                            receiver.pollable(),
                            () ->
                                    receiver.receive((from, datagrams, size) ->
                                            sizes.add(datagrams.remaining())),
                            e -> sizes.add(-1));
            IpPort to = new IpPort(IpAddress.LOOPBACK_V4, receiver.port());
            sender.send(to, ByteBuffer.allocateDirect(10), 10);
            assertThat(sizes.poll(5, TimeUnit.SECONDS)).isEqualTo(10);
            sender.send(to, ByteBuffer.allocateDirect(20), 20);
            assertThat(sizes.poll(5, TimeUnit.SECONDS)).isEqualTo(20);

            loop.netty().submit(watch::stop).get();
            sender.send(to, ByteBuffer.allocateDirect(30), 30);
            loop.netty().submit(() -> {}).get();
            assertThat(sizes).isEmpty();
        }
    }

    @ParameterizedTest(name = "portable {0}")
    @ValueSource(booleans = {false, true})
    void aReaderThatFailsEndsItsWatchButNotTheLoop(boolean portable) throws Exception {
        try (EngineLoop loop = loop(portable);
                UdpSocket receiver = UdpSocket.open(loop, IpAddress.LOOPBACK_V4, 0);
                UdpSocket sender = UdpSocket.open(loop, IpAddress.LOOPBACK_V4, 0)) {
            CompletableFuture<Exception> failure = new CompletableFuture<>();
            loop.watch(
                    receiver.pollable(),
                    () -> {
                        throw new IOException("broken");
                    },
                    failure::complete);
            sender.send(
                    new IpPort(IpAddress.LOOPBACK_V4, receiver.port()),
                    ByteBuffer.allocateDirect(1),
                    1);
            assertThat(failure.get(5, TimeUnit.SECONDS)).hasMessage("broken");
            assertThat(loop.netty().submit(() -> "alive").get(5, TimeUnit.SECONDS))
                    .isEqualTo("alive");
        }
    }

    @Test
    void whatALoopCannotWatchIsTold() throws Exception {
        try (EngineLoop loop = EngineLoop.startPortable("test-loop");
                UdpSocket raw = LinuxUdpSocket.bind(IpAddress.LOOPBACK_V4, 0)) {
            CompletableFuture<Exception> failure = new CompletableFuture<>();
            loop.watch(raw.pollable(), () -> {}, failure::complete);
            assertThat(failure.get(5, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        }
    }

    /// To the world from loopback: Linux calls that an invalid argument, the JDK an unreachable host.
    @ParameterizedTest(name = "portable {0}")
    @ValueSource(booleans = {false, true})
    void whatCannotGoOutIsNotTakenForSent(boolean portable) throws Exception {
        try (EngineLoop loop = loop(portable);
                UdpSocket socket = UdpSocket.open(loop, IpAddress.LOOPBACK_V4, 0)) {
            IpPort world = new IpPort(Packets.ip("192.0.2.1"), 9);
            assertThat(lost(socket, world)).isEqualTo(1);
        }
    }

    private static int lost(UdpSocket socket, IpPort to) throws IOException {
        try {
            return socket.send(to, ByteBuffer.allocateDirect(1), 1);
        } catch (NoRouteToHostException e) {
            return 1;
        }
    }
}
