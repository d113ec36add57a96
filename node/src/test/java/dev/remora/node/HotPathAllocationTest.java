package dev.remora.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.remora.crypto.Aead;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.PingResult;
import dev.remora.io.control.ControlState;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.TlsTrust;
import dev.remora.proto.control.HostInfoBuilder;
import dev.remora.testing.Packets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the threads of two nodes allocate while one sends to the other over real sockets.
@Tag("host")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class HotPathAllocationTest {
    private static final int PORT = 9;
    private static final long WARM_UP = 1L << 30;
    private static final long MEASURED = 1L << 30;

    /// Several times what it is in a JVM of its own, in bytes for a gigabyte: tests before this one leave the compiler other profiles.
    private static final long MOST = 250L << 20;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final ExecutorService slow = Executors.newVirtualThreadPerTaskExecutor();
    private final SecureRandom random = new SecureRandom();
    private final long start = System.nanoTime();
    private final Side sender = new Side(1);
    private final Side receiver = new Side(2);

    private final class Side {
        private final int number;
        private final EngineLoop loop;
        private final NodePrivateKey key = NodePrivateKey.generate(random);
        private final NodeCore core;

        Side(int number) {
            this.number = number;
            loop = EngineLoop.start("side-" + number);
            core =
                    on(() -> {
                        NodeSettings settings =
                                new NodeSettings(
                                        0,
                                        Capacity.DEFAULT,
                                        MachinePrivateKey.generate(random),
                                        TlsTrust.of(Optional.empty(), Optional.empty()),
                                        HttpProxies.NONE,
                                        Aead.best(),
                                        false,
                                        new HostInfoBuilder().build(),
                                        Optional.empty());
                        NodeCore made =
                                new NodeCore(
                                        settings,
                                        loop,
                                        slow,
                                        random,
                                        Instant.now(),
                                        () -> System.nanoTime() - start,
                                        new NodeCache(Optional.empty(), random, slow),
                                        new NodeListener() {});
                        made.open();
                        made.onSelfKey(key);
                        return made;
                    });
        }

        <T> T on(Callable<T> action) {
            return loop.netty().submit(action).syncUninterruptibly().getNow();
        }

        String json() {
            NodeStatus status = on(() -> core.status(new ControlState.Stopped(), Optional.empty()));
            return "{\"ID\":%d,\"Key\":\"%s\",\"DiscoKey\":\"%s\",\"Addresses\":[\"100.64.0.%d/32\"],\"Endpoints\":[\"127.0.0.1:%d\"]}"
                    .formatted(
                            number,
                            key.publicKey().text(),
                            status.discoKey().text(),
                            number,
                            status.udpPortV4());
        }

        void learn(Side peer) {
            String rule =
                    "{\"SrcIPs\":[\"*\"],\"DstPorts\":[{\"IP\":\"*\",\"Ports\":{\"First\":0,\"Last\":65535}}]}";
            var map =
                    NodePair.map(
                            "{\"Node\":%s,\"Peers\":[%s],\"PacketFilters\":{\"base\":[%s]}}"
                                    .formatted(json(), peer.json(), rule));
            on(() -> {
                core.onNetMap(map);
                return true;
            });
        }

        void ping(Side peer, PingKind kind) throws Exception {
            CompletableFuture<PingResult> result = new CompletableFuture<>();
            on(() -> {
                core.ping(Packets.ip("100.64.0." + peer.number), kind, 0, result);
                return true;
            });
            assertThat(result.get(10, TimeUnit.SECONDS)).isInstanceOf(PingResult.Answered.class);
        }

        long allocated() {
            long id = on(() -> Thread.currentThread().threadId());
            return threads.getThreadAllocatedBytes(id);
        }

        void close() throws Exception {
            on(() -> {
                core.close();
                return true;
            });
            loop.closeAndWait();
        }
    }

    @AfterEach
    void end() throws Exception {
        sender.close();
        receiver.close();
        slow.shutdownNow();
    }

    /// Fills the channel whenever there is room.
    private static final class Source extends ChannelInboundHandlerAdapter {
        private final ByteBuf piece = Unpooled.directBuffer(1 << 16).writeZero(1 << 16);
        private long left = WARM_UP + MEASURED;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            fill(ctx);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            fill(ctx);
        }

        private void fill(ChannelHandlerContext ctx) {
            while (left > 0 && ctx.channel().isWritable()) {
                left -= piece.readableBytes();
                ctx.writeAndFlush(piece.retainedDuplicate(), ctx.voidPromise());
            }
        }
    }

    /// Counts what comes.
    private static final class Sink extends ChannelInboundHandlerAdapter {
        private final CountDownLatch warm = new CountDownLatch(1);
        private final CountDownLatch done = new CountDownLatch(1);
        private long received;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            received += bytes.readableBytes();
            bytes.release();
            if (received >= WARM_UP) {
                warm.countDown();
            }
            if (received >= WARM_UP + MEASURED) {
                done.countDown();
            }
        }
    }

    @Test
    void aGigabyteAllocatesLittle() throws Exception {
        sender.learn(receiver);
        receiver.learn(sender);
        sender.ping(receiver, PingKind.DISCO);
        receiver.ping(sender, PingKind.DISCO);
        sender.ping(receiver, PingKind.TSMP);
        Sink sink = new Sink();
        receiver.on(() -> receiver.core.listen(PORT, stream -> stream.accept(sink)));
        sender.on(() -> {
            sender.core.connect(
                    Packets.ip("100.64.0.2"), PORT, new Source(), new CompletableFuture<>());
            return true;
        });

        sink.warm.await();
        long sent = sender.allocated();
        long received = receiver.allocated();
        sink.done.await();
        sent = sender.allocated() - sent;
        received = receiver.allocated() - received;

        assertThat(sent).as("bytes allocated by the sender's thread").isLessThan(MOST);
        assertThat(received).as("bytes allocated by the receiver's thread").isLessThan(MOST);
    }
}
