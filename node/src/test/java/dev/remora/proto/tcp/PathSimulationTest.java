package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a bulk transfer reaches on paths that matter, in virtual time: the rate is a property of the algorithms, not of
/// the machine the test runs on.
final class PathSimulationTest {
    /// @param rate Mbit/s of the path
    /// @param rtt round trip in microseconds
    /// @param queue bytes that wait in front of the path
    /// @param atLeast Mbit/s of payload expected
    @ParameterizedTest(
            name = "{0} Mbit/s, {1} µs, queue {2}, loss {3}, {4} MB: at least {5} Mbit/s")
    @CsvSource({
        "3000,    50,  400000, 0,      40, 2400",
        "1000,   200,  400000, 0,      40, 850",
        "1000, 66000, 4000000, 0,     150, 400",
        "1000, 66000, 4000000, 0.0001, 60, 40",
        " 200, 66000, 1000000, 0,      60, 120",
        "  20, 30000,  100000, 0,      10, 16",
        "  20, 30000,  100000, 0.01,   10, 4",
    })
    void reachesWhatThePathAllows(
            long rate, long rtt, long queue, double loss, long megabytes, double atLeast) {
        SimulatedLink.Shape there =
                SimulatedLink.Shape.of(rate * 1_000_000, MICROSECONDS.toNanos(rtt) / 2, queue);
        SimulatedLink.Shape back = SimulatedLink.Shape.of(0, MICROSECONDS.toNanos(rtt) / 2, queue);
        long bytes = megabytes * 1_000_000;
        Simulation simulation =
                new Simulation(
                        new Simulation.Plan(
                                true,
                                TcpConfig.defaults(),
                                there.withLoss(loss),
                                back,
                                bytes,
                                0,
                                0,
                                Integer.MAX_VALUE,
                                false),
                        1);

        simulation.run(MINUTES.toNanos(10));

        assertThat(simulation.server().received()).isEqualTo(bytes);
        double megabits = Simulation.megabits(bytes, simulation.server().finishedAt());
        assertThat(megabits).isGreaterThan(atLeast);
    }

    /// A relay loses nothing, pauses now and then, and has room for everything one cares to send.
    @Test
    void aRelayIsFilledButNotStuffed() {
        Simulation simulation = overRelay(PathKind.RELAYED, 60_000_000);
        long[] longest = new long[1];
        simulation.watch(() -> longest[0] = Math.max(longest[0], roundTrip(simulation)));

        simulation.run(MINUTES.toNanos(10));

        assertThat(simulation.server().received()).isEqualTo(60_000_000);
        assertThat(Simulation.megabits(60_000_000, simulation.server().finishedAt()))
                .isGreaterThan(16);
        // the path's own 60 ms, a mebibyte at 20 Mbit/s, and pauses
        assertThat(longest[0]).isLessThan(MILLISECONDS.toNanos(1_000));
        TcpStats sender = simulation.client().connection().stats();
        assertThat(sender.timeouts()).isZero();
        assertThat(sender.retransmits()).isLessThan(20);
    }

    /// What the limit is good for.
    @Test
    void aRelayTakenForADirectPathIsStuffed() {
        Simulation simulation = overRelay(PathKind.DIRECT, 300_000_000);
        long[] longest = new long[1];
        simulation.watch(() -> longest[0] = Math.max(longest[0], roundTrip(simulation)));

        simulation.run(MINUTES.toNanos(10));

        assertThat(longest[0]).isGreaterThan(MILLISECONDS.toNanos(1_500));
    }

    private static Simulation overRelay(PathKind kind, long bytes) {
        SimulatedLink.Shape there =
                SimulatedLink.Shape.of(20_000_000, MILLISECONDS.toNanos(30), 1L << 30)
                        .withStalls(0.0002, MILLISECONDS.toNanos(200));
        SimulatedLink.Shape back = SimulatedLink.Shape.of(0, MILLISECONDS.toNanos(30), 1L << 30);
        Simulation.Plan plan =
                new Simulation.Plan(
                        true,
                        TcpConfig.defaults(),
                        there,
                        back,
                        bytes,
                        0,
                        0,
                        Integer.MAX_VALUE,
                        false);
        Simulation simulation = new Simulation(plan, 1);
        simulation.client().path(kind);
        simulation.server().path(kind);
        return simulation;
    }

    private static long roundTrip(Simulation simulation) {
        return simulation.client().connection().stats().srtt();
    }
}
