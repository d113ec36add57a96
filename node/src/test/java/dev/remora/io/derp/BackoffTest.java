package dev.remora.io.derp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void pausesGrowToFiveSecondsAndAreSpread() {
        RandomGenerator middle = () -> Long.MAX_VALUE; // nextDouble() is half
        Backoff backoff = new Backoff(middle);

        assertThat(backoff.failed()).isBetween(9_000_000L, 11_000_000L);
        assertThat(backoff.failed()).isBetween(39_000_000L, 41_000_000L);
        for (int i = 0; i < 50; i++) {
            backoff.failed();
        }
        assertThat(backoff.failed()).isBetween(4_900_000_000L, 5_100_000_000L);
        backoff.reset();
        assertThat(backoff.failed()).isLessThan(11_000_000L);
    }
}
