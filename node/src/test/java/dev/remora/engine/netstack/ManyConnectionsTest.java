package dev.remora.engine.netstack;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.proto.tcp.TcpEvent.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ManyConnectionsTest {
    private static final int CONNECTIONS = 5_000;

    private final Random random = new Random(1);

    @Test
    void fiveThousandAtOnceLeaveNothing() {
        Tailnet net = new Tailnet(1, Link.Model.PERFECT, NetStackConfig.defaults());
        List<Talker> talkers = new ArrayList<>();
        net.serve(80, request -> request.accept(talker(net, talkers), net.now));
        for (int i = 0; i < CONNECTIONS; i++) {
            net.connect(80, talker(net, talkers));
            net.run(net.now + MILLISECONDS.toNanos(1), () -> false);
        }

        assertThat(
                        net.run(
                                SECONDS.toNanos(60),
                                () -> talkers.stream().allMatch(t -> t.closed != null)))
                .isTrue();

        assertThat(talkers)
                .hasSize(2 * CONNECTIONS)
                .allMatch(t -> t.closed.reason() == Reason.FINISHED);
        StackPairTest.assertLeavesNothing(net);
    }

    @Test
    void abortedOnesLeaveNothingEither() {
        Tailnet net = new Tailnet(2, Link.Model.PERFECT, NetStackConfig.defaults());
        List<Talker> talkers = new ArrayList<>();
        List<TcpStream> streams = new ArrayList<>();
        net.serve(80, request -> request.accept(talker(net, talkers), net.now));
        for (int i = 0; i < 500; i++) {
            streams.add(net.connect(80, talker(net, talkers)));
        }
        net.run(MILLISECONDS.toNanos(1), () -> false);
        streams.forEach(TcpStream::abort);

        assertThat(
                        net.run(
                                SECONDS.toNanos(60),
                                () -> talkers.stream().allMatch(t -> t.closed != null)))
                .isTrue();

        StackPairTest.assertLeavesNothing(net);
    }

    @Test
    void aPeerThatLeavesTheTailnetTakesItsStreamsAlong() {
        Tailnet net = new Tailnet(3, Link.Model.PERFECT, NetStackConfig.defaults());
        List<Talker> talkers = new ArrayList<>();
        net.serve(80, request -> request.accept(talker(net, talkers), net.now));
        for (int i = 0; i < 50; i++) {
            net.connect(80, talker(net, talkers));
        }
        net.run(MILLISECONDS.toNanos(1), () -> talkers.size() == 100);
        assertThat(net.server.stats().streams()).isEqualTo(50);

        net.server.onPeerGone(Tailnet.CLIENT_KEY, net.now);

        assertThat(net.server.stats().streams()).isZero();
        assertThat(net.server.stats().usedBytes()).isZero();
    }

    private Talker talker(Tailnet net, List<Talker> talkers) {
        Talker talker = new Talker(net, random, 3_000, false, 5, 5);
        talkers.add(talker);
        return talker;
    }
}
