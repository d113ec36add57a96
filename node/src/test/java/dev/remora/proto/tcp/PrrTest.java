package dev.remora.proto.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// RFC 9937 §6: what may be sent for each acknowledgement of a recovery.
final class PrrTest {
    private static final int MSS = 1000;

    @Test
    void spacesSendingBySsthreshOverFlight() {
        // 20 in flight, one lost, ssthresh 14: 19 acknowledgements deliver one segment each. The
        // first retransmission is
        // free, then 0.7 of a segment for each, counted in bytes, until 14 are in flight.
        assertThat(sentPerAck(20, 14, 1, 19))
                .containsExactly(1, 0, 1, 0, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1);
    }

    @Test
    void sendsTwoForOneWhereLossWentDeepAndNothingMoreIsLost() {
        // 30 in flight, 20 of them lost: far below ssthresh 21, so slow start up to it while the
        // acknowledgements are safe.
        Prr prr = new Prr(MSS);
        prr.enter(30 * MSS);
        prr.onAck(MSS, 9 * MSS, 21 * MSS, false);
        assertThat(prr.allowed()).isEqualTo(MSS);
        prr.onSent(MSS);

        prr.onAck(MSS, 9 * MSS, 21 * MSS, true);

        assertThat(prr.allowed()).isEqualTo(2 * MSS);
    }

    @Test
    void conservesPacketsWhileMoreIsLost() {
        Prr prr = new Prr(MSS);
        prr.enter(30 * MSS);
        prr.onAck(MSS, 9 * MSS, 21 * MSS, false);
        prr.onSent(MSS);

        prr.onAck(MSS, 8 * MSS, 21 * MSS, false);

        assertThat(prr.allowed()).isEqualTo(MSS);
    }

    @Test
    void alwaysLetsTheFirstRetransmissionGo() {
        Prr prr = new Prr(MSS);
        prr.enter(10 * MSS);

        prr.onAck(0, 9 * MSS, 5 * MSS, false);

        assertThat(prr.allowed()).isEqualTo(MSS);
    }

    @Test
    void neverFillsBeyondSsthresh() {
        Prr prr = new Prr(MSS);
        prr.enter(10 * MSS);
        prr.onAck(MSS, 4 * MSS, 5 * MSS, true);
        prr.onSent(MSS);

        prr.onAck(5 * MSS, 5 * MSS, 5 * MSS, true);

        assertThat(prr.allowed()).isZero();
    }

    private static List<Integer> sentPerAck(int flight, int ssthresh, int lost, int acks) {
        Prr prr = new Prr(MSS);
        prr.enter((long) flight * MSS);
        long inFlight = (long) (flight - lost) * MSS;
        List<Integer> sent = new ArrayList<>();
        for (int i = 0; i < acks; i++) {
            inFlight -= MSS;
            prr.onAck(MSS, inFlight, (long) ssthresh * MSS, i > 0);
            int segments = (int) (prr.allowed() / MSS);
            for (int j = 0; j < segments; j++) {
                prr.onSent(MSS);
                inFlight += MSS;
            }
            sent.add(segments);
        }
        return sent;
    }
}
