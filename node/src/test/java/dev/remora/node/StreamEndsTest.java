package dev.remora.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.engine.NetworkPrefs;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How tailnet streams begin and end: refused, half-closed, closed, reset, silent.
class StreamEndsTest {
    private static final int PORT = 80;
    private static final long SOON = SECONDS.toNanos(5);

    private final NodePair nodes = new NodePair();
    private final Recorder near = new Recorder(true);
    private final Recorder far = new Recorder(true);
    private StreamChannel channel;

    @AfterEach
    void nothingIsLeft() {
        nodes.run(() -> nodes.server.streams.size() == 0, MINUTES.toNanos(5));
        assertThat(near.held() + far.held()).isZero();
        assertThat(nodes.client.streams.size() + nodes.server.streams.size()).isZero();
    }

    private void connect() {
        nodes.server.serve(PORT, far);
        channel = nodes.client.connect(PORT, near);
        assertThat(nodes.run(() -> near.saw("active") && far.saw("active"), SOON)).isTrue();
    }

    private static ByteBuf text(Recorder of, String text) {
        return of.allocator.buffer().writeBytes(text.getBytes(UTF_8));
    }

    @Test
    void eachDirectionEndsAlone() {
        connect();
        channel.writeAndFlush(text(near, "question"));
        ChannelFuture shut = channel.shutdownOutput();
        assertThat(nodes.run(() -> far.saw("end of input"), SOON)).isTrue();
        assertThat(shut.isSuccess()).isTrue();
        assertThat(far.text()).isEqualTo("question");
        assertThat(far.channel().isInputShutdown()).isTrue();
        assertThat(channel.isOutputShutdown() && !channel.isInputShutdown()).isTrue();

        far.channel().writeAndFlush(text(far, "answer"));
        far.channel().shutdownOutput();
        assertThat(nodes.run(() -> near.saw("end of input"), SOON)).isTrue();
        assertThat(near.text()).isEqualTo("answer");
        assertThat(channel.isShutdown() && far.channel().isShutdown()).isTrue();

        channel.close();
        far.channel().close();
        nodes.run(SOON);
        assertThat(near.events)
                .containsExactly("active", "end of input", "inactive", "unregistered");
    }

    @Test
    void whatIsWrittenAfterTheEndOfOutputFails() {
        connect();
        channel.shutdownOutput();
        ChannelFuture written = channel.writeAndFlush(text(near, "more"));
        nodes.run(SOON);
        assertThat(written.isDone() && !written.isSuccess()).isTrue();
        assertThat(far.length()).isZero();
        channel.close();
        far.channel().close();
    }

    @Test
    void withoutHalfClosureTheEndOfInputClosesTheChannel() {
        connect();
        far.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        channel.writeAndFlush(text(near, "bye"));
        channel.shutdownOutput();

        assertThat(nodes.run(() -> far.saw("unregistered"), SOON)).isTrue();
        assertThat(far.text()).isEqualTo("bye");
        assertThat(nodes.run(() -> near.saw("end of input"), SOON)).isTrue();
        channel.close();
    }

    @Test
    void bytesThatWaitAreReadBeforeTheEndIsTold() {
        far.withoutAutoRead();
        connect();
        channel.writeAndFlush(near.allocator.buffer().writeZero(100_000));
        channel.close();
        nodes.run(SECONDS.toNanos(1));
        assertThat(near.saw("unregistered")).isTrue();
        assertThat(far.saw("end of input")).isFalse();

        far.channel().config().setAutoRead(true);
        assertThat(nodes.run(() -> far.saw("end of input"), SOON)).isTrue();
        assertThat(far.length()).isEqualTo(100_000);
        far.channel().close();
    }

    @Test
    void inputThatWasShutDownIsNotRead() {
        connect();
        far.channel().shutdownInput();
        channel.writeAndFlush(text(near, "nobody reads this"));
        nodes.run(SECONDS.toNanos(1));
        assertThat(far.length()).isZero();
        assertThat(channel.isActive()).isTrue();

        far.channel().close();
        assertThat(nodes.run(() -> near.saw("unregistered"), SOON)).isTrue();
        assertThat(near.events).contains("connection reset by the peer");
    }

    @Test
    void aLingerTimeOfZeroResetsThePeer() {
        connect();
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.close();

        assertThat(nodes.run(() -> far.saw("unregistered"), SOON)).isTrue();
        assertThat(far.events)
                .containsExactly(
                        "active", "connection reset by the peer", "inactive", "unregistered");
    }

    @Test
    void aPortWhereNobodyListensRefuses() {
        channel = nodes.client.connect(PORT, near);
        assertThat(nodes.run(() -> near.saw("unregistered"), SOON)).isTrue();
        assertThat(near.events).containsExactly("connection refused", "unregistered");
    }

    @Test
    void aPeerThatIsNotThereIsGivenUp() {
        nodes.server.serve(PORT, far);
        nodes.cut(true);
        channel = nodes.client.connect(PORT, near);
        assertThat(nodes.run(() -> near.saw("unregistered"), MINUTES.toNanos(10))).isTrue();
        assertThat(near.events).containsExactly("the peer does not answer", "unregistered");
    }

    @Test
    void aPeerThatVanishesUnderWayIsGivenUp() {
        connect();
        nodes.cut(true);
        ChannelFuture written = channel.writeAndFlush(near.allocator.buffer().writeZero(32 << 20));

        assertThat(nodes.run(() -> near.saw("unregistered"), MINUTES.toNanos(60))).isTrue();
        assertThat(near.events).contains("the peer does not answer");
        assertThat(written.isDone() && !written.isSuccess()).isTrue();
        assertThat(nodes.run(() -> far.saw("unregistered"), MINUTES.toNanos(600)))
                .as("keep-alive finds out")
                .isTrue();
    }

    @Test
    void aShortCutIsNoEnd() {
        connect();
        nodes.cut(true);
        channel.writeAndFlush(text(near, "late"));
        nodes.run(SECONDS.toNanos(60));
        nodes.cut(false);
        assertThat(nodes.run(() -> far.text().equals("late"), MINUTES.toNanos(2))).isTrue();
        channel.close();
        far.channel().close();
    }

    @Test
    void aChannelThatIsClosedBeforeItStandsTellsNobody() {
        nodes.server.serve(PORT, far);
        channel = nodes.client.connect(PORT, near);
        channel.close();
        nodes.run(MINUTES.toNanos(2));
        assertThat(near.events).containsExactly("unregistered");
        assertThat(far.channelOrNull() == null || !far.channelOrNull().isOpen()).isTrue();
    }

    @Test
    void aRequestCanBeDecidedLater() {
        List<IncomingStream> waiting = new ArrayList<>();
        nodes.server.listen(PORT, waiting::add);
        channel = nodes.client.connect(PORT, near);
        nodes.run(SECONDS.toNanos(2));
        assertThat(near.events).isEmpty();
        assertThat(waiting).singleElement().matches(IncomingStream::isOpen);

        waiting.getFirst().accept(far);
        assertThat(nodes.run(() -> near.saw("active"), SOON)).isTrue();
        channel.close();
        far.channel().close();
    }

    @Test
    void whoeverServesIsToldThatAPeerGaveUpWaiting() {
        List<IncomingStream> waiting = new ArrayList<>();
        List<IncomingStream> cancelled = new ArrayList<>();
        nodes.server.listen(
                PORT,
                new PortHandler() {
                    @Override
                    public void onStream(IncomingStream stream) {
                        waiting.add(stream);
                    }

                    @Override
                    public void onCancelled(IncomingStream stream) {
                        cancelled.add(stream);
                    }
                });
        channel = nodes.client.connect(PORT, near);
        nodes.run(SECONDS.toNanos(1));
        channel.close();
        nodes.run(SECONDS.toNanos(30));

        assertThat(waiting).hasSize(1);
        assertThat(cancelled).isEqualTo(waiting);
        assertThat(waiting.getFirst().accept(far)).isEmpty();
    }

    @Test
    void theEndOfTheNodeEndsItsStreams() {
        connect();
        nodes.client.streams.closeAll();
        nodes.client.driver.finishBatch();
        assertThat(nodes.run(() -> far.saw("end of input"), SOON)).isTrue();
        assertThat(near.saw("unregistered")).isTrue();
        far.channel().close();
    }

    @Test
    void whoIsNotAllowedInIsToldSoAtOnce() {
        nodes.server.engine.onPrefs(new NetworkPrefs(false, true));
        nodes.client.connect(PORT, near);
        assertThat(nodes.run(() -> near.saw("unregistered"), MILLISECONDS.toNanos(100))).isTrue();
        assertThat(near.events).anyMatch(event -> event.startsWith("not allowed: "));
    }
}
