package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/// RFC 9438, in numbers worked out from its formulas.
final class CubicTest {
    private static final int MSS = 1000;
    private static final long RTT = MILLISECONDS.toNanos(100);

    private final Cubic cubic = new Cubic();
    private final AckSummary ack = new AckSummary();
    private long now = SECONDS.toNanos(10);
    private long una;

    @Test
    void doublesPerRoundTripInSlowStart() {
        cubic.start(MSS, 10);

        round();
        assertThat(cubic.cwnd()).isEqualTo(20 * MSS);
        round();
        assertThat(cubic.cwnd()).isEqualTo(40 * MSS);
    }

    @Test
    void keepsNoMoreThanAMebibyteInFlightOverARelay() {
        cubic.start(MSS, 10);
        cubic.onPathChange(PathKind.RELAYED, now);
        for (int i = 0; i < 20; i++) {
            round();
        }

        assertThat(cubic.cwnd()).isBetween((1L << 20) - 1, 1L << 20);
        cubic.onPathChange(PathKind.DIRECT, now);
        assertThat(cubic.cwnd()).isLessThanOrEqualTo(1L << 20);
        round();
        assertThat(cubic.cwnd()).isGreaterThan(1L << 20);
    }

    @Test
    void aWindowFromADirectPathShrinksToWhatARelayMayHold() {
        cubic.start(MSS, 5000);

        cubic.onPathChange(PathKind.RELAYED, now);

        assertThat(cubic.cwnd()).isBetween((1L << 20) - 1, 1L << 20);
    }

    @Test
    void reducesToSevenTenthsAndComesBackAfterK() {
        cubic.start(MSS, 100);
        cubic.onRecovery(CongestionControl.Phase.ENTER, 100 * MSS, now);
        assertThat(cubic.cwnd()).isEqualTo(70 * MSS);
        assertThat(cubic.ssthresh()).isEqualTo(70 * MSS);
        cubic.onRecovery(CongestionControl.Phase.EXIT, 70 * MSS, now);

        long began = now;
        while (cubic.cwnd() < 99 * MSS) {
            round();
        }

        // K = cbrt(100 · 0.3 / 0.4) = 4.217 s; W(t + RTT) is the target, so one round earlier.
        assertThat(cubic.k()).isCloseTo(4.217, within(0.001));
        assertThat((now - began) / 1e9).isBetween(2.5, 4.3);
        assertThat(cubic.wMax()).isCloseTo(100, within(1e-9));
    }

    @Test
    void followsTheCurveThroughThePlateauIntoTheConvexRegion() {
        cubic.start(MSS, 1000);
        cubic.onRecovery(CongestionControl.Phase.ENTER, 1000 * MSS, now);
        cubic.onRecovery(CongestionControl.Phase.EXIT, 700 * MSS, now);
        // K = cbrt(300 / 0.4) = 9.086 s
        long began = now;
        while (now - began < SECONDS.toNanos(15)) {
            round();
        }

        double t = (now - began) / 1e9;
        double expected = 0.4 * Math.pow(t - 9.086, 3) + 1000;
        assertThat(cubic.cwnd() / (double) MSS).isCloseTo(expected, within(expected * 0.02));
    }

    @Test
    void leavesRoomForOthersWhenItsMaximumShrinks() {
        cubic.start(MSS, 100);
        cubic.onRecovery(CongestionControl.Phase.ENTER, 100 * MSS, now);
        cubic.onRecovery(CongestionControl.Phase.EXIT, 70 * MSS, now);

        cubic.onRecovery(CongestionControl.Phase.ENTER, 70 * MSS, now);

        // §4.7: 70 < 100, so W_max = 70 · (1 + 0.7) / 2
        assertThat(cubic.wMax()).isCloseTo(59.5, within(1e-9));
    }

    @Test
    void growsAtLeastAsRenoDoesOnAShortPath() {
        cubic.start(MSS, 10);
        cubic.onRecovery(CongestionControl.Phase.ENTER, 10 * MSS, now);
        cubic.onRecovery(CongestionControl.Phase.EXIT, 7 * MSS, now);

        for (int i = 0; i < 20; i++) {
            round(MILLISECONDS.toNanos(1));
        }

        // §4.3: 9/17 of a segment per round until 10 is reached, one segment afterwards; the cubic
        // curve alone stays at 8.
        assertThat(cubic.cwnd() / (double) MSS).isBetween(15.0, 24.0);
    }

    @Test
    void restoresEverythingWhenTheReductionWasAnError() {
        cubic.start(MSS, 100);
        cubic.onRecovery(CongestionControl.Phase.TIMEOUT, 100 * MSS, now);
        assertThat(cubic.cwnd()).isEqualTo(MSS);

        cubic.onRecovery(CongestionControl.Phase.SPURIOUS, 100 * MSS, now);

        assertThat(cubic.cwnd()).isEqualTo(100 * MSS);
        assertThat(cubic.ssthresh()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void doesNotGrowWhileTheWindowIsNotUsed() {
        cubic.start(MSS, 100);
        cubic.onRecovery(CongestionControl.Phase.ENTER, 100 * MSS, now);
        cubic.onRecovery(CongestionControl.Phase.EXIT, 70 * MSS, now);

        for (int i = 0; i < 100; i++) {
            acknowledge(MSS, RTT, false);
            now += RTT;
        }

        assertThat(cubic.cwnd()).isEqualTo(70 * MSS);
    }

    @Test
    void beginsAgainSmallAfterAPause() {
        cubic.start(MSS, 100);

        cubic.onRestart(SECONDS.toNanos(1), MILLISECONDS.toNanos(300));

        assertThat(cubic.cwnd()).isEqualTo(10 * MSS);
    }

    private void round() {
        round(RTT);
    }

    private void round(long rtt) {
        long segments = cubic.cwnd() / MSS;
        for (long i = 0; i < segments; i++) {
            acknowledge(MSS, rtt, true);
        }
        now += rtt;
    }

    private void acknowledge(int bytes, long rtt, boolean limited) {
        una += bytes;
        ack.clear();
        ack.acked = bytes;
        ack.delivered = bytes;
        ack.inFlight = limited ? cubic.cwnd() - bytes : 0;
        ack.rtt = rtt;
        ack.una = una;
        ack.nxt = una + cubic.cwnd();
        ack.windowLimited = limited;
        cubic.onAck(ack, now);
    }
}
