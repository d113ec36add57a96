package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PacerTest {
    private static final int MSS = 1000;
    private static final long MS = MILLISECONDS.toNanos(1);
    private static final long RTT = 50 * MS;

    private final Pacer pacer = new Pacer(MSS);

    @Test
    void sendsAQuantumOfAMillisecondAndTheNextAMillisecondLater() {
        usedUp(10_000_000);
        long now = SECONDS.toNanos(1);
        assertThat(sendAll(now)).isEqualTo(20);

        assertThat(pacer.nextSendAt()).isEqualTo(now + MS);
        assertThat(sendAll(now + MS - 1)).isZero();
        assertThat(sendAll(now + MS)).isEqualTo(10);
        assertThat(sendAll(now + 2 * MS)).isEqualTo(10);
    }

    @Test
    void catchesUpByOneQuantumAtMost() {
        usedUp(10_000_000);
        long now = SECONDS.toNanos(1);
        sendAll(now);

        assertThat(sendAll(now + 100 * MS)).isEqualTo(20);
    }

    @Test
    void sendsAtLeastTwoSegmentsTogether() {
        usedUp(100_000);
        long now = SECONDS.toNanos(1);
        sendAll(now);

        assertThat(sendAll(pacer.nextSendAt())).isEqualTo(2);
    }

    @Test
    void leavesNearPeersAndTheFirstWindowAlone() {
        pacer.rate(1000, 50 * MS);
        assertThat(sendSome(20, 0)).isEqualTo(10);

        pacer.rate(1000, MS);
        assertThat(sendSome(100, 0)).isEqualTo(100);
    }

    private void usedUp(long rate) {
        pacer.rate(0, RTT);
        for (int i = 0; i < 10; i++) {
            pacer.onSent(MSS, 0);
        }
        pacer.rate(rate, RTT);
    }

    private int sendAll(long now) {
        return sendSome(10_000, now);
    }

    private int sendSome(int most, long now) {
        int sent = 0;
        while (sent < most && pacer.maySend(now)) {
            pacer.onSent(MSS, now);
            sent++;
        }
        return sent;
    }
}
