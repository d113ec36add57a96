package dev.remora.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Bytes, back pressure and memory of a tailnet stream as its pipeline sees them.
class StreamChannelTest {
    private static final int PORT = 80;
    private static final long SOON = SECONDS.toNanos(5);

    private final NodePair nodes = new NodePair();
    private final Recorder near = new Recorder();
    private final Recorder far = new Recorder();
    private StreamChannel channel;

    @BeforeEach
    void listen() {
        nodes.server.serve(PORT, far);
    }

    @AfterEach
    void nobodyHoldsMemory() {
        if (channel != null) {
            channel.close();
        }
        nodes.run(() -> nodes.server.streams.size() == 0, MINUTES.toNanos(1));
        assertThat(near.held() + far.held()).isZero();
        assertThat(nodes.client.streams.size() + nodes.server.streams.size()).isZero();
    }

    private void connect() {
        channel = nodes.client.connect(PORT, near);
        assertThat(nodes.run(() -> near.saw("active") && far.saw("active"), SOON)).isTrue();
    }

    private ByteBuf random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return near.allocator.buffer(length).writeBytes(bytes);
    }

    private ByteBuf text(String text) {
        return near.allocator.buffer().writeBytes(text.getBytes(UTF_8));
    }

    @Test
    void bothEndsKnowEachOther() {
        connect();

        assertThat(channel.peer()).isEqualTo(nodes.server.key());
        assertThat(far.channel().peer()).isEqualTo(nodes.client.key());
        assertThat(far.channel().remoteAddress()).isEqualTo(channel.localAddress());
        assertThat(channel.remoteAddress()).isEqualTo(new InetSocketAddress("100.64.0.2", PORT));
        assertThat(channel.isActive() && channel.isOpen()).isTrue();
    }

    @Test
    void aMegabyteArrivesAsItWasWritten() {
        connect();
        ByteBuf sent = random(1_000_000);
        byte[] expected = new byte[1_000_000];
        sent.getBytes(0, expected);

        ChannelFuture written = channel.writeAndFlush(sent);

        assertThat(nodes.run(() -> far.length() == expected.length, SOON)).isTrue();
        assertThat(far.bytes()).isEqualTo(expected);
        assertThat(written.isSuccess()).isTrue();
    }

    @Test
    void buffersOfAllShapesAreWrittenInTheirOrder() {
        connect();
        CompositeByteBuf parts = near.allocator.compositeBuffer();
        parts.addComponents(true, text("b"), near.allocator.directBuffer().writeByte('c'));

        channel.write(text("a"));
        channel.write(near.allocator.buffer(0));
        channel.write(parts);
        channel.writeAndFlush(text("_d").skipBytes(1).asReadOnly());

        assertThat(nodes.run(() -> far.length() == 4, SOON)).isTrue();
        assertThat(far.text()).isEqualTo("abcd");
    }

    @Test
    void whatIsNoBufferIsRefused() {
        connect();
        ChannelFuture written = channel.writeAndFlush("a string");
        assertThat(written.cause()).hasMessageContaining("not String");
        assertThat(channel.isActive()).isTrue();
    }

    @Test
    void whatIsWrittenBeforeTheConnectionStandsFails() {
        channel = nodes.client.connect(PORT, near);
        ChannelFuture written = channel.writeAndFlush(text("too early"));
        nodes.run(() -> far.saw("active"), SOON);
        assertThat(written.isSuccess()).isFalse();
        assertThat(written.isDone()).isTrue();
    }

    @Test
    void aReaderThatDoesNotAskIsNotToldAndHoldsTheWriterBack() {
        far.withoutAutoRead();
        connect();
        int most = 64 << 20;
        int written = 0;
        while (channel.isWritable() && written < most) {
            channel.writeAndFlush(random(100_000));
            written += 100_000;
            nodes.run(SECONDS.toNanos(1));
        }

        assertThat(near.saw("full")).isTrue();
        assertThat(far.length()).isZero();
        assertThat(far.held()).isZero();

        far.channel().config().setAutoRead(true);
        int all = written;
        assertThat(nodes.run(() -> far.length() == all, MINUTES.toNanos(1))).isTrue();
        assertThat(near.events).endsWith("full", "writable");
    }

    @Test
    void oneReadBringsOneGroupOfBuffers() {
        far.withoutAutoRead();
        connect();
        channel.writeAndFlush(random(1_000_000));
        nodes.run(SECONDS.toNanos(1));
        assertThat(far.reads()).isZero();

        far.channel().read();
        nodes.run(SECONDS.toNanos(1));
        assertThat(far.reads()).isBetween(1, 4);
        assertThat(far.length()).isLessThan(500_000);
        int first = far.length();

        far.channel().read();
        nodes.run(SECONDS.toNanos(1));
        assertThat(far.length()).isGreaterThan(first);
        far.channel().close();
    }

    @Test
    void autoReadThatIsTurnedOffWhileBytesComeHoldsTheRestBack() {
        far.onRead = reader -> reader.config().setAutoRead(false);
        connect();
        channel.writeAndFlush(random(1_000_000));
        nodes.run(SECONDS.toNanos(5));

        assertThat(far.reads()).isBetween(1, 4);
        far.onRead = reader -> {};
        far.channel().config().setAutoRead(true);
        assertThat(nodes.run(() -> far.length() == 1_000_000, SOON)).isTrue();
    }

    @Test
    void whoClosesWhileReadingGetsNoMore() {
        far.onRead = StreamChannel::close;
        connect();
        channel.writeAndFlush(random(1_000_000));

        assertThat(nodes.run(() -> near.saw("unregistered"), SOON)).isTrue();
        assertThat(far.reads()).isEqualTo(1);
        assertThat(near.events).contains("connection reset by the peer");
    }

    @Test
    void bytesThatWereNeverTakenAreReleasedWhenTheChannelCloses() {
        far.withoutAutoRead();
        connect();
        ChannelFuture first = channel.writeAndFlush(random(1));
        ChannelFuture last = channel.writeAndFlush(random(64 << 20));
        nodes.run(SECONDS.toNanos(1));

        channel.close();

        assertThat(first.isSuccess()).isTrue();
        assertThat(last.isDone()).isTrue();
        assertThat(last.isSuccess()).isFalse();
        assertThat(near.held()).isZero();
        far.channel().close();
    }

    @Test
    void aHandlerThatWritesInsteadOfReadingIsServed() {
        far.onRead = answering -> answering.writeAndFlush(text("!"));
        connect();
        channel.writeAndFlush(text("?"));
        assertThat(nodes.run(() -> near.text().equals("!"), SOON)).isTrue();
        channel.writeAndFlush(text("?"));
        assertThat(nodes.run(() -> near.text().equals("!!"), SOON)).isTrue();
    }
}
