package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

/// Round-trip time and retransmission timeout (RFC 6298), with the variance taken once per round trip: with many samples
/// per round, RTTVAR would else collapse towards 0 between two spikes (RFC 7323, appendix G).
final class RttEstimator {
    static final long INITIAL_RTO = SECONDS.toNanos(1);

    /// RFC 6298 §5.7, for data after a SYN that had to be repeated.
    static final long RTO_AFTER_SYN_TIMEOUT = SECONDS.toNanos(3);

    /// Timeouts in a row that leave the timer as it is once the round trip is known: each sends a single segment, and where every second packet is lost a
    /// timer that doubles at once would soon wait for minutes.
    private static final int LINEAR = 3;

    private static final long MAX_RTO = SECONDS.toNanos(60);
    private static final long CLOCK_GRANULARITY = MILLISECONDS.toNanos(1);

    private final long minRto;
    private long floor;
    private long srtt;
    private long deviation;
    private long maxDeviation;
    private long variance;
    private long roundEnd;
    private long rto = INITIAL_RTO;
    private int backoff;

    RttEstimator(long minRto) {
        this.minRto = minRto;
        floor = minRto;
    }

    /// Raises the floor of the timeout as far as the path asks for, or lowers it again.
    void onPathChange(PathKind kind) {
        floor = Math.max(minRto, kind.minRto());
        if (srtt > 0) {
            computeRto();
        }
    }

    /// The smoothed round-trip time, 0 before the first sample.
    long srtt() {
        return srtt;
    }

    long variance() {
        return variance;
    }

    /// Takes a sample that an acknowledgement up to `una` gave, while SND.NXT is `nxt`.
    void sample(long rtt, long una, long nxt) {
        backoff = 0;
        if (srtt == 0) {
            srtt = Math.max(rtt, 1);
            deviation = rtt / 2;
            variance = deviation;
            roundEnd = nxt;
        } else {
            smooth(rtt, una, nxt);
        }
        computeRto();
    }

    private void computeRto() {
        rto = Math.clamp(srtt + Math.max(CLOCK_GRANULARITY, 4 * variance), floor, MAX_RTO);
    }

    private void smooth(long rtt, long una, long nxt) {
        deviation += (Math.abs(rtt - srtt) - deviation) / 4;
        srtt = Math.max(srtt + (rtt - srtt) / 8, 1);
        maxDeviation = Math.max(maxDeviation, deviation);
        variance = Math.max(variance, maxDeviation);
        if (una >= roundEnd) {
            variance -= (variance - maxDeviation) / 4;
            maxDeviation = 0;
            roundEnd = nxt;
        }
    }

    /// The timeout as it stands, after some expiries without an answer doubled for each further one.
    long rto() {
        int doublings = srtt == 0 ? backoff : backoff - LINEAR;
        return Math.min(rto << Math.clamp(doublings, 0, 10), MAX_RTO);
    }

    /// The peer has answered, and it cannot be told how long that took.
    void onAnswer() {
        backoff = 0;
    }

    void onTimeout() {
        backoff++;
    }

    /// The path is another: that the old one was silent says nothing of it.
    void forgetTimeouts() {
        backoff = 0;
    }

    /// Expiries in a row.
    int backoff() {
        return backoff;
    }

    void afterSynTimeout() {
        if (srtt == 0) {
            rto = RTO_AFTER_SYN_TIMEOUT;
        }
        backoff = 0;
    }
}
