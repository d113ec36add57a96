package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// RFC 9406 §4.2.
final class HyStartTest {
    private final HyStart hyStart = new HyStart();
    private final AckSummary ack = new AckSummary();
    private long una;

    @Test
    void staysInSlowStartWhileTheDelayIsSteady() {
        for (int i = 0; i < 20; i++) {
            assertThat(round(50)).isFalse();
        }

        assertThat(hyStart.growth()).isEqualTo(1.0);
    }

    @Test
    void growsByAQuarterOnceTheDelayRisesByAnEighth() {
        round(50);
        round(50);

        round(57);

        assertThat(hyStart.growth()).isEqualTo(0.25);
    }

    @Test
    void takesFourMillisecondsAtLeastForARise() {
        round(8);
        round(8);

        round(11);

        assertThat(hyStart.growth()).isEqualTo(1.0);
    }

    @Test
    void resumesWhenTheDelayFallsAgain() {
        round(50);
        round(50);
        round(60);
        assertThat(hyStart.growth()).isEqualTo(0.25);

        round(52);

        assertThat(hyStart.growth()).isEqualTo(1.0);
    }

    @Test
    void endsSlowStartAfterFiveConservativeRounds() {
        round(50);
        round(50);
        round(60);
        int rounds = 0;
        while (!round(61)) {
            rounds++;
        }

        assertThat(rounds).isEqualTo(5);
    }

    /// Eight samples in a round of their own; true if slow start is over.
    private boolean round(long millis) {
        boolean over = false;
        for (int i = 0; i < 8; i++) {
            una += 1000;
            ack.una = una;
            ack.nxt = una + 8000;
            ack.rtt = MILLISECONDS.toNanos(millis);
            over |= hyStart.onAck(ack);
        }
        return over;
    }
}
