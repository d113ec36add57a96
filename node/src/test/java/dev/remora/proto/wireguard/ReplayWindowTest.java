package dev.remora.proto.wireguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayWindowTest {
    private static final long SIZE = 8128;

    private final ReplayWindow window = new ReplayWindow();

    @Test
    void exactly8128BehindIsStillInTime() {
        assertThat(window.accept(20_000)).isTrue();
        assertThat(window.accept(20_000 - SIZE)).isTrue();
        assertThat(window.accept(20_000 - SIZE)).isFalse();
        assertThat(window.accept(20_000 - SIZE - 1)).isFalse();
    }

    @Test
    void countersAreUnsignedUpToTheirLimit() {
        assertThat(window.accept(0)).isTrue();
        assertThat(window.accept(Long.MAX_VALUE)).isTrue();
        assertThat(window.accept(Long.MIN_VALUE)).isTrue();
        assertThat(window.accept(Limits.REJECT_AFTER_MESSAGES - 1)).isTrue();
        assertThat(window.accept(Limits.REJECT_AFTER_MESSAGES)).isFalse();
        assertThat(window.accept(-1)).isFalse();
        assertThat(window.accept(1)).isFalse();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agreesWithASetOfAllCounters(long seed) {
        Random random = new Random(seed);
        Set<Long> seen = new HashSet<>();
        long greatest = 0;
        for (int i = 0; i < 50_000; i++) {
            long step = random.nextInt(100) == 0 ? 10_000 : 130;
            long counter = Math.max(0, greatest - SIZE - 70 + random.nextLong(SIZE + 70 + step));
            boolean expected = greatest - counter <= SIZE && !seen.contains(counter);
            assertThat(window.accept(counter))
                    .as("%d after %d", counter, greatest)
                    .isEqualTo(expected);
            if (expected) {
                seen.add(counter);
                greatest = Math.max(greatest, counter);
            }
        }
    }
}
