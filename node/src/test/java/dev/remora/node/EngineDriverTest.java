package dev.remora.node;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPort;
import dev.remora.engine.path.PathStatus;
import dev.remora.engine.path.SendFailure;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EngineDriverTest {
    private static final int PORT = 80;
    private static final long SOON = SECONDS.toNanos(10);

    private final NodePair nodes = new NodePair();
    private final Recorder near = new Recorder();
    private final Recorder far = new Recorder();
    private int mistakes;

    private StreamChannel connect() {
        nodes.server.serve(PORT, far);
        StreamChannel channel = nodes.client.connect(PORT, near);
        assertThat(nodes.run(() -> near.saw("active"), SOON)).isTrue();
        return channel;
    }

    private void fail() {
        mistakes++;
        throw new IllegalStateException("a mistake of ours, for this test");
    }

    @Test
    void aMistakeInOneBatchIsNotTheEndOfTheNode() {
        StreamChannel channel = connect();
        nodes.server.beforeSending =
                () -> {
                    if (mistakes < 5) {
                        fail();
                    }
                };
        channel.writeAndFlush(Unpooled.buffer().writeZero(1_000_000));
        assertThat(nodes.run(() -> far.length() == 1_000_000, MINUTES.toNanos(1))).isTrue();
        assertThat(mistakes).isEqualTo(5);
    }

    @Test
    void mistakesForAWhileDoNotHinderWhatComesLater() {
        connect().writeAndFlush(Unpooled.buffer().writeZero(100));
        nodes.client.beforeSending = this::fail;
        nodes.run(SECONDS.toNanos(8));
        assertThat(mistakes).isPositive();

        nodes.client.beforeSending = () -> {};
        Recorder later = new Recorder();
        nodes.server.serve(PORT + 1, new Recorder());
        nodes.client.connect(PORT + 1, later);
        assertThat(nodes.run(() -> later.saw("active"), MINUTES.toNanos(1))).isTrue();
    }

    @Test
    void whatIsDueIsDoneWhenItIsDue() {
        connect();
        long deadline = nodes.client.engine.nextDeadline();
        assertThat(deadline).isLessThan(Long.MAX_VALUE);
        nodes.run(() -> nodes.now() >= deadline, SOON * 100);
        assertThat(nodes.client.engine.nextDeadline()).isGreaterThan(nodes.now());
    }

    @Test
    void afterTheEndNothingFires() {
        connect();
        nodes.client.driver.stop();
        nodes.server.driver.stop();
        nodes.run(SECONDS.toNanos(1));
        assertThat(nodes.isIdle()).isTrue();
        nodes.client.driver.finishBatchSoon();
        assertThat(nodes.isIdle()).as("nothing is posted either").isTrue();
    }

    @Test
    void aDestinationThatCannotBeReachedIsToldWhenTheEngineListens() {
        StreamChannel channel = connect();
        IpPort server = nodes.server.underlay();
        assertThat(direct()).contains(server);

        nodes.client.beforeSending =
                () -> nodes.client.driver.sendFailed(server, SendFailure.UNREACHABLE);
        nodes.cut(true);
        channel.writeAndFlush(Unpooled.buffer().writeZero(10));
        nodes.run(MILLISECONDS.toNanos(1));
        assertThat(direct()).isEmpty();
    }

    private Optional<IpPort> direct() {
        return nodes.client
                .engine
                .status(nodes.server.key(), nodes.now())
                .path()
                .flatMap(PathStatus::direct);
    }
}
