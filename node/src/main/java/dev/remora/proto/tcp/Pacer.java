package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

/// Spreads a window over its round trip: one quantum goes out in a burst, the next when the rate has made up for it. A
/// late wake-up may catch up by at most one quantum.
final class Pacer {
    private static final long QUANTUM_SPAN = MILLISECONDS.toNanos(1);
    private static final int MAX_BURST = 64 * 1024;

    /// Nearer peers are not paced: their window is a few bursts anyway, and timers would be coarser than the pace.
    private static final long NEAR = MILLISECONDS.toNanos(2);

    private final int mss;
    private long rate;
    private long quantum;
    private long left;
    private long nextSendAt;

    /// The first window goes out as it is.
    private long unpaced;

    Pacer(int mss) {
        this.mss = mss;
        unpaced = (long) CongestionControl.INITIAL_SEGMENTS * mss;
    }

    /// @param bytesPerSecond 0 for no pacing
    /// @param roundTrip without what queues add to it, as far as that is known
    void rate(long bytesPerSecond, long roundTrip) {
        rate = roundTrip < NEAR ? 0 : bytesPerSecond;
        quantum =
                Math.clamp(
                        rate * QUANTUM_SPAN / SECONDS.toNanos(1),
                        2L * mss,
                        Math.max(MAX_BURST, 2L * mss));
    }

    boolean maySend(long now) {
        if (rate == 0 || unpaced > 0) {
            return true;
        }
        if (left <= 0 && nextSendAt <= now) {
            left = quantum;
        }
        return left > 0;
    }

    /// When the next quantum may go, if [#maySend] said no.
    long nextSendAt() {
        return nextSendAt;
    }

    void onSent(int bytes, long now) {
        if (unpaced > 0) {
            unpaced -= bytes;
        }
        if (rate > 0) {
            left -= bytes;
            long earliest = now - quantum * SECONDS.toNanos(1) / rate;
            nextSendAt = Math.max(nextSendAt, earliest) + bytes * SECONDS.toNanos(1) / rate;
        }
    }
}
