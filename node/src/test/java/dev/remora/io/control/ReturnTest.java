package dev.remora.io.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A server that goes takes the connections of all its nodes with it at the same moment. When they find it again is
/// simulated, in virtual time.
class ReturnTest {
    private static final int NODES = 500;
    private static final long WINDOW = Duration.ofMillis(100).toNanos();

    /// The longer it was away, the wider they are spread: what it has to do in any tenth of a second is bounded.
    @ParameterizedTest
    @CsvSource({"1, 100, 4", "2, 70, 6", "10, 35, 15", "60, 20, 45", "600, 20, 45"})
    void whoLostTheSameServerDoNotComeBackInStep(int away, int mostAtOnce, int allWithin) {
        SplittableRandom random = new SplittableRandom(500);
        List<Long> returns = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            returns.add(returnAfter(Duration.ofSeconds(away).toNanos(), random.split()));
        }
        returns.sort(Long::compare);

        assertThat(mostWithinWindow(returns)).isLessThanOrEqualTo(mostAtOnce);
        assertThat(returns.getLast()).isLessThan(Duration.ofSeconds(allWithin).toNanos());
    }

    /// How long after the server one node is back.
    private static long returnAfter(long away, RandomGenerator random) {
        Backoff backoff = new Backoff(ControlConfig.Timing.DEFAULT, random);
        ControlException lost = new ControlException(Reason.CONNECTION_LOST, "lost");
        long now = 0;
        while (now < away) {
            now += backoff.after(lost).toNanos();
        }
        return now - away;
    }

    private static int mostWithinWindow(List<Long> sorted) {
        int most = 0;
        int first = 0;
        for (int last = 0; last < sorted.size(); last++) {
            while (sorted.get(last) - sorted.get(first) > WINDOW) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }
}
