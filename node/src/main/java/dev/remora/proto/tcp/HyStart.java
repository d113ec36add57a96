package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

/// Finds the end of slow start by rising delay instead of loss (HyStart++, RFC 9406). The names are the RFC's.
final class HyStart {
    private static final long MIN_RTT_THRESH = MILLISECONDS.toNanos(4);
    private static final long MAX_RTT_THRESH = MILLISECONDS.toNanos(16);
    private static final int MIN_RTT_DIVISOR = 8;
    private static final int N_RTT_SAMPLE = 8;
    private static final int CSS_GROWTH_DIVISOR = 4;
    private static final int CSS_ROUNDS = 5;

    private long windowEnd;
    private long lastRoundMinRtt = Long.MAX_VALUE;
    private long currentRoundMinRtt = Long.MAX_VALUE;
    private long cssBaselineMinRtt = Long.MAX_VALUE;
    private int rttSampleCount;
    private boolean conservative;
    private int cssRounds;

    /// Takes what a batch of acknowledgements says during slow start. True if slow start is over.
    boolean onAck(AckSummary ack) {
        if (ack.una() >= windowEnd) {
            if (conservative && ++cssRounds > CSS_ROUNDS) {
                return true;
            }
            windowEnd = ack.nxt();
            lastRoundMinRtt = currentRoundMinRtt;
            currentRoundMinRtt = Long.MAX_VALUE;
            rttSampleCount = 0;
        }
        if (ack.rtt() > 0) {
            currentRoundMinRtt = Math.min(currentRoundMinRtt, ack.rtt());
            rttSampleCount++;
            judge();
        }
        return false;
    }

    private void judge() {
        if (rttSampleCount < N_RTT_SAMPLE) {
            return;
        }
        if (conservative) {
            if (currentRoundMinRtt < cssBaselineMinRtt) {
                conservative = false;
                cssBaselineMinRtt = Long.MAX_VALUE;
            }
        } else if (lastRoundMinRtt != Long.MAX_VALUE) {
            long threshold =
                    Math.clamp(lastRoundMinRtt / MIN_RTT_DIVISOR, MIN_RTT_THRESH, MAX_RTT_THRESH);
            if (currentRoundMinRtt >= lastRoundMinRtt + threshold) {
                cssBaselineMinRtt = currentRoundMinRtt;
                conservative = true;
                cssRounds = 0;
            }
        }
    }

    /// How much of an acknowledged byte the window grows by: all of it, or a quarter in conservative slow start.
    double growth() {
        return conservative ? 1.0 / CSS_GROWTH_DIVISOR : 1.0;
    }

    boolean conservative() {
        return conservative;
    }

    void restart() {
        windowEnd = 0;
        lastRoundMinRtt = Long.MAX_VALUE;
        currentRoundMinRtt = Long.MAX_VALUE;
        cssBaselineMinRtt = Long.MAX_VALUE;
        rttSampleCount = 0;
        conservative = false;
    }
}
