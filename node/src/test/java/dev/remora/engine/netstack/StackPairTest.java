package dev.remora.engine.netstack;

import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.proto.tcp.TcpEvent.Reason;
import dev.remora.sim.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StackPairTest {
    static LongStream seeds() {
        return Seeds.some(50, 200);
    }

    @Test
    void carriesBytesBothWaysAndLeavesNothing() {
        Tailnet net = new Tailnet(1, Link.Model.PERFECT, NetStackConfig.defaults());
        Random random = new Random(1);
        Talker server = new Talker(net, random, 3_000_000, false, 1, 2);
        Talker client = new Talker(net, random, 1_000_000, false, 2, 1);
        net.serve(80, request -> request.accept(server, net.now).orElseThrow());
        net.connect(80, client);

        assertThat(
                        net.run(
                                SECONDS.toNanos(10),
                                () -> server.closed != null && client.closed != null))
                .isTrue();

        assertThat(client.received).isEqualTo(3_000_000);
        assertThat(server.received).isEqualTo(1_000_000);
        assertThat(client.closed.reason()).isEqualTo(Reason.FINISHED);
        assertLeavesNothing(net);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void survivesAnyLink(long seed) {
        Random random = new Random(seed);
        Tailnet net =
                new Tailnet(seed, Link.Model.random(random), NetStackConfig.withMemory(4L << 20));
        List<Talker> talkers = new ArrayList<>();
        List<TcpStream> streams = new ArrayList<>();
        net.serve(
                80,
                request -> {
                    int number = request.from().port();
                    Talker talker =
                            new Talker(
                                    net,
                                    random,
                                    random.nextInt(200_000),
                                    random.nextInt(3) == 0,
                                    number,
                                    number + 1);
                    talkers.add(talker);
                    streams.add(request.accept(talker, net.now).orElseThrow());
                });
        int connections = 1 + random.nextInt(20);
        for (int i = 0; i < connections; i++) {
            connect(net, random, talkers, streams);
        }
        net.always(() -> {
            for (int i = 0; i < talkers.size(); i++) {
                talkers.get(i).look(streams.get(i));
            }
            NetStackStats stats = net.server.stats();
            assertThat(stats.allocatedBytes()).isLessThanOrEqualTo(stats.limitBytes());
        });

        boolean over =
                net.run(
                        MINUTES.toNanos(30),
                        () ->
                                talkers.size() == 2 * connections
                                        && talkers.stream().allMatch(t -> t.closed != null));

        assertThat(over).isTrue();
        assertThat(talkers).allMatch(talker -> talker.finished && talker.peerFinished);
        assertThat(talkers.stream().mapToLong(talker -> talker.received).sum())
                .isEqualTo(talkers.stream().mapToLong(talker -> talker.sent).sum());
        assertLeavesNothing(net);
    }

    /// The pattern of each direction depends on the client's port, so that no stream's bytes pass for another's.
    private static void connect(
            Tailnet net, Random random, List<Talker> talkers, List<TcpStream> streams) {
        boolean slow = random.nextInt(3) == 0;
        Talker talker = new Talker(net, random, random.nextInt(200_000), slow, 0, 0);
        TcpStream stream =
                net.connect(random.nextBoolean() ? Tailnet.SERVER : Tailnet.SERVER_V6, 80, talker);
        talker.patterns(stream.flow().localPort() + 1, stream.flow().localPort());
        talkers.add(talker);
        streams.add(stream);
    }

    static void assertLeavesNothing(Tailnet net) {
        net.run(net.now + MINUTES.toNanos(3), () -> false);
        for (NetStack stack : List.of(net.server, net.client)) {
            NetStackStats stats = stack.stats();
            assertThat(stats.streams()).isZero();
            assertThat(stats.requests()).isZero();
            assertThat(stats.halfOpen()).isZero();
            assertThat(stats.timeWaits()).isZero();
            assertThat(stats.timers()).isZero();
            assertThat(stats.usedBytes()).isZero();
        }
    }
}
