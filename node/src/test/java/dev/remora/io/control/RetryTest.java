package dev.remora.io.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    @ParameterizedTest
    @CsvSource({"30, 30", "3600, 3600", "'Sun, 22 Nov 2026 12:02:00 GMT', 120"})
    void waitsAsLongAsTheHeaderSays(String header, long seconds) {
        assertThat(RetryAfter.of(header, NOW, new Random(1))).hasSeconds(seconds);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not-a-number",
                "0",
                "-5",
                "3601",
                "99999999999999999999",
                "Sun, 22 Nov 2020 12:02:00 GMT"
            })
    void waitsSomeSecondsWhereTheHeaderSaysNothingSensible(String header) {
        assertThat(RetryAfter.of(header, NOW, new Random(1)))
                .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
    }

    @Test
    void triesABrokenConnectionSoonAndThenLessAndLess() {
        Backoff backoff = new Backoff(ControlConfig.Timing.DEFAULT, new Random(1));
        ControlException lost = new ControlException(Reason.CONNECTION_LOST, "lost");

        long[] pauses =
                IntStream.range(0, 30).mapToLong(i -> backoff.after(lost).toMillis()).toArray();

        assertThat(pauses[0]).isBetween(50L, 150L);
        assertThat(pauses[3]).isBetween(800L, 2400L);
        assertThat(pauses[29]).isBetween(15_000L, 45_000L);
        backoff.succeeded();
        assertThat(backoff.after(lost)).isLessThan(Duration.ofMillis(151));
    }

    @Test
    void asksRarelyAgainWhatWasRefused() {
        Backoff backoff = new Backoff(ControlConfig.Timing.DEFAULT, new Random(1));
        ControlException refused = new ControlException(Reason.AUTH_KEY_INVALID, "no");

        assertThat(backoff.after(refused))
                .isBetween(Duration.ofSeconds(15), Duration.ofSeconds(45));
        assertThat(backoff.after(refused))
                .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(90));
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.after(refused)).isLessThanOrEqualTo(Duration.ofMinutes(15));
        }
    }
}
