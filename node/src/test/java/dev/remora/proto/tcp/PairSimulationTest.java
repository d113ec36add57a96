package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Two connections over paths of every kind: whatever the path does, what arrives is what was sent, and it ends.
final class PairSimulationTest {
    static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void carriesBothStreamsWholeAndEnds(long seed) {
        Simulation.Plan plan = anyPlan(new SplittableRandom(seed));
        Simulation simulation = new Simulation(plan, seed);

        simulation.run(MINUTES.toNanos(30));

        assertThat(simulation.server().received()).isEqualTo(plan.up());
        assertThat(simulation.client().received()).isEqualTo(plan.down());
        assertThat(simulation.server().closed()).isNotNull();
        assertThat(simulation.client().closed()).isNotNull();
        assertThat(simulation.client().memory().held() + simulation.server().memory().held())
                .isZero();
    }

    private static Simulation.Plan anyPlan(SplittableRandom random) {
        TcpConfig.Features features =
                new TcpConfig.Features(
                        random.nextInt(4) > 0,
                        random.nextInt(4) > 0,
                        random.nextBoolean(),
                        random.nextBoolean());
        boolean scarce = random.nextInt(3) == 0;
        int window = 1 << random.nextInt(11, 17);
        TcpConfig config =
                TcpConfig.defaults()
                        .with(features)
                        .with(
                                new TcpConfig.Buffers(
                                        window,
                                        window << random.nextInt(6),
                                        1 << random.nextInt(14, 20)));
        return new Simulation.Plan(
                random.nextBoolean(),
                config,
                anyShape(random),
                anyShape(random),
                random.nextInt(1 << random.nextInt(1, 20)),
                random.nextInt(1 << random.nextInt(1, 20)),
                !scarce && random.nextInt(2) == 0 ? random.nextDouble(0.9) : 0,
                scarce ? random.nextInt(2, 10) : 10_000,
                true);
    }

    private static SimulatedLink.Shape anyShape(SplittableRandom random) {
        long delay = MICROSECONDS.toNanos(1L << random.nextInt(4, 17));
        return new SimulatedLink.Shape(
                random.nextInt(3) == 0 ? 0 : 1L << random.nextInt(17, 30),
                delay,
                1L << random.nextInt(13, 20),
                random.nextInt(2) == 0 ? 0 : random.nextDouble(0.1),
                random.nextInt(3) == 0 ? random.nextDouble(0.05) : 0,
                random.nextInt(3) == 0 ? random.nextDouble(0.2) : 0,
                random.nextLong(2 * delay + MILLISECONDS.toNanos(1)),
                0,
                0);
    }
}
