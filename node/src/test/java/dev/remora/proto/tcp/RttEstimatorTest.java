package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// RFC 6298 §2.
final class RttEstimatorTest {
    private static final long MS = MILLISECONDS.toNanos(1);

    private final RttEstimator rtt = new RttEstimator(200 * MS);

    @Test
    void beginsWithOneSecond() {
        assertThat(rtt.rto()).isEqualTo(SECONDS.toNanos(1));
    }

    @Test
    void takesTheFirstSampleWholeAndHalfOfItAsVariance() {
        rtt.sample(100 * MS, 1, 1);

        assertThat(rtt.srtt()).isEqualTo(100 * MS);
        assertThat(rtt.variance()).isEqualTo(50 * MS);
        assertThat(rtt.rto()).isEqualTo(300 * MS);
    }

    @Test
    void movesByAnEighthAndAQuarter() {
        rtt.sample(100 * MS, 1, 1000);
        rtt.sample(180 * MS, 500, 2000);

        assertThat(rtt.srtt()).isEqualTo(110 * MS);
        // RTTVAR: 50 + (|100 - 180| - 50) / 4
        assertThat(rtt.variance()).isEqualTo(57_500_000);
        assertThat(rtt.rto()).isEqualTo(340 * MS);
    }

    @Test
    void neverGoesBelowTheFloor() {
        for (int i = 0; i < 100; i++) {
            rtt.sample(MS, i, i + 1);
        }

        assertThat(rtt.rto()).isEqualTo(200 * MS);
    }

    @Test
    void aRelayRaisesTheFloorUntilThePathIsDirectAgain() {
        rtt.sample(MS, 1, 2);

        rtt.onPathChange(PathKind.RELAYED);
        assertThat(rtt.rto()).isEqualTo(500 * MS);
        rtt.sample(MS, 2, 3);
        assertThat(rtt.rto()).isEqualTo(500 * MS);
        rtt.onPathChange(PathKind.DIRECT);
        assertThat(rtt.rto()).isEqualTo(200 * MS);
    }

    @Test
    void doesNotLoseTheVarianceToManySamplesOfOneRound() {
        rtt.sample(100 * MS, 1, 100_000);
        long before = rtt.variance();
        for (int i = 2; i < 1000; i++) {
            rtt.sample(100 * MS, i, 100_000);
        }

        assertThat(rtt.variance()).isEqualTo(before);
    }

    @Test
    void doublesWithEveryTimeoutButTheFirstThreeUpToAMinuteAndForgetsThatWithASample() {
        rtt.sample(100 * MS, 1, 1);
        for (int i = 0; i < 3; i++) {
            rtt.onTimeout();
        }
        assertThat(rtt.rto()).isEqualTo(300 * MS);
        rtt.onTimeout();
        rtt.onTimeout();
        assertThat(rtt.rto()).isEqualTo(1200 * MS);
        for (int i = 0; i < 70; i++) {
            rtt.onTimeout();
        }
        assertThat(rtt.rto()).isEqualTo(SECONDS.toNanos(60));

        rtt.sample(100 * MS, 2, 2);

        assertThat(rtt.rto()).isLessThan(SECONDS.toNanos(1));
    }
}
