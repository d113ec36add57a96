package dev.remora.io.udp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.Watch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchedUdpSocketTest {
    @Test
    void theLoopReportsDatagramsUntilTheWatchStops() throws Exception {
        try (EngineLoop loop = EngineLoop.start("test-loop");
                UdpSocket receiver = UdpSocket.open(IpAddress.LOOPBACK_V4, 0);
                UdpSocket sender = UdpSocket.open(IpAddress.LOOPBACK_V4, 0)) {
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

    @Test
    void aReaderThatFailsEndsItsWatchButNotTheLoop() throws Exception {
        try (EngineLoop loop = EngineLoop.start("test-loop");
                UdpSocket receiver = UdpSocket.open(IpAddress.LOOPBACK_V4, 0);
                UdpSocket sender = UdpSocket.open(IpAddress.LOOPBACK_V4, 0)) {
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
}
