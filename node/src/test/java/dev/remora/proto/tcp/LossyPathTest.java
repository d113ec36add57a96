package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a bulk transfer reaches where packets vanish at random, in virtual time and over several seeds. On a path this
/// short a retransmission timer lasts as long as hundreds of round trips, so it is not to be needed.
final class LossyPathTest {
    private static final int SEEDS = 10;

    private double slowest = Double.MAX_VALUE;
    private long timeouts;

    /// @param rtt round trip in microseconds
    /// @param there loss of what carries the data
    /// @param back loss of acknowledgements
    /// @param kilobytes to be sent
    /// @param atLeast Mbit/s of payload expected of the slowest run
    /// @param most retransmission timeouts accepted in all runs together
    @ParameterizedTest(name = "{0} µs, {1} and {2} lost, {3} kB: at least {4} Mbit/s, {5} timeouts")
    @CsvSource({
        "   300, 0.01, 0.01, 10000, 250, 0",
        "   300, 0.05, 0.05, 10000,  90, 2",
        "   300, 0.3,  0.3,   1000,   1, 40",
        " 20000, 0.05, 0.05,  2000,   2, 10",
        "200000, 0.3,  0.3,    100, 0.015, 300",
    })
    void goesOnWhateverIsLost(
            long rtt, double there, double back, long kilobytes, double atLeast, long most) {
        SimulatedLink.Shape shape =
                SimulatedLink.Shape.of(1_000_000_000, MICROSECONDS.toNanos(rtt) / 2, 400_000);

        for (int seed = 0; seed < SEEDS; seed++) {
            transfer(shape.withLoss(there), shape.withLoss(back), kilobytes * 1_000, seed);
        }

        assertThat(slowest).isGreaterThan(atLeast);
        assertThat(timeouts).isLessThanOrEqualTo(most);
    }

    private void transfer(
            SimulatedLink.Shape there, SimulatedLink.Shape back, long bytes, long seed) {
        TcpConfig config = TcpConfig.defaults();
        Simulation simulation =
                new Simulation(
                        new Simulation.Plan(true, config, there, back, bytes, 0, 0, 100_000, false),
                        seed);
        long[] began = new long[1];
        TcpStats[] last = new TcpStats[1];
        simulation.watch(() -> {
            began[0] = simulation.server().received() == 0 ? simulation.now() : began[0];
            if (simulation.client().closed() == null) {
                last[0] = simulation.client().connection().stats();
            }
        });

        simulation.run(MINUTES.toNanos(10));

        assertThat(simulation.server().received()).as("seed %s", seed).isEqualTo(bytes);
        long took = simulation.server().finishedAt() - began[0];
        slowest = Math.min(slowest, Simulation.megabits(bytes, took));
        timeouts += last[0].timeouts();
    }
}
