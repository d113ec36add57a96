package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// RFC 8985 §6.2.
final class RackTest {
    private static final long MS = MILLISECONDS.toNanos(1);
    private static final int LENGTH = 1000;

    private final Rack rack = new Rack();
    private final SendRecords records = new SendRecords();

    @Test
    void waitsAQuarterOfTheRoundTripBeforeItBelievesInLoss() {
        send(4, 0);
        deliver(1, 40 * MS);

        long at = rack.detectLoss(records, rack.reorderWindow(false, 40 * MS), 40 * MS);

        assertThat(records.lostBytes()).isZero();
        assertThat(at).isEqualTo(50 * MS);
        assertThat(rack.detectLoss(records, rack.reorderWindow(false, 40 * MS), 50 * MS))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(lost()).containsExactly(true, false, false, false);
    }

    @Test
    void doesNotWaitWhenThreeWereReportedAndNothingWasEverReordered() {
        send(4, 0);
        deliver(1, 40 * MS);
        deliver(2, 40 * MS);
        deliver(3, 40 * MS);

        rack.detectLoss(records, rack.reorderWindow(false, 40 * MS), 40 * MS);

        assertThat(lost()).containsExactly(true, false, false, false);
    }

    @Test
    void noticesReordering() {
        send(4, 0);
        deliver(2, 40 * MS);
        assertThat(rack.reorderingSeen()).isFalse();

        deliver(1, 41 * MS);

        assertThat(rack.reorderingSeen()).isTrue();
        assertThat(rack.reorderWindow(true, 100 * MS)).isEqualTo(10 * MS);
    }

    @Test
    void widensTheWindowOncePerRoundTripWithDuplicates() {
        send(10, 0);
        deliver(1, 40 * MS);
        rack.expectReordering();

        rack.onDsack(0, 10 * LENGTH);
        rack.onDsack(0, 10 * LENGTH);
        assertThat(rack.reorderWindow(false, 1000 * MS)).isEqualTo(20 * MS);
        rack.onDsack(10 * LENGTH, 20 * LENGTH);
        assertThat(rack.reorderWindow(false, 1000 * MS)).isEqualTo(30 * MS);
        assertThat(rack.reorderWindow(false, 25 * MS)).isEqualTo(25 * MS);
    }

    @Test
    void forgetsTheWidthAfterSixteenRecoveriesWithoutDuplicates() {
        send(2, 0);
        deliver(1, 40 * MS);
        rack.expectReordering();
        rack.onDsack(0, 1);
        for (int i = 0; i < 15; i++) {
            rack.onRecoveryEnd();
        }
        assertThat(rack.reorderWindow(false, 1000 * MS)).isEqualTo(20 * MS);

        rack.onRecoveryEnd();

        assertThat(rack.reorderWindow(false, 1000 * MS)).isEqualTo(10 * MS);
    }

    @Test
    void doesNotTakeTheAnswerToTheOriginalForOneToTheRetransmission() {
        send(3, 0);
        deliver(2, 40 * MS);
        records.sentAgain(records.get(0), 40 * MS);

        // 5 ms after the retransmission, but no round trip is shorter than 40.
        deliver(0, 45 * MS);

        rack.detectLoss(records, 0, 45 * MS);
        assertThat(lost()).containsExactly(false, true, false);
        assertThat(rack.minRtt()).isEqualTo(40 * MS);
    }

    @Test
    void marksARetransmissionLostWhenSomethingSentLaterArrived() {
        send(2, 0);
        deliver(1, 40 * MS);
        records.markLost(records.get(0));
        records.sentAgain(records.get(0), 40 * MS);
        records.sent(3 * LENGTH, 4 * LENGTH, 50 * MS);
        deliver(2, 90 * MS);

        rack.detectLoss(records, 0, 90 * MS);

        assertThat(lost()).containsExactly(true, false, false);
    }

    private void send(int segments, long now) {
        for (int i = 0; i < segments; i++) {
            records.sent(1 + (long) i * LENGTH, 1 + (i + 1L) * LENGTH, now);
        }
    }

    private void deliver(int index, long now) {
        SendRecord record = records.get(index);
        records.sack(
                record.start,
                record.end,
                record.start,
                record.end,
                r -> rack.delivered(r, false, false, now));
    }

    private Boolean[] lost() {
        Boolean[] lost = new Boolean[records.count()];
        Arrays.setAll(lost, i -> records.get(i).lost);
        return lost;
    }
}
