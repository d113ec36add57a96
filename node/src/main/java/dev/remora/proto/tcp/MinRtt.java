package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.SECONDS;

/// The smallest round-trip time of the last minutes, forgotten by halves, so that a path that became longer is noticed.
final class MinRtt {
    static final long NONE = Long.MAX_VALUE;

    private static final long HALF = SECONDS.toNanos(150);

    private long current = NONE;
    private long previous = NONE;
    private long turnsAt;

    void sample(long rtt, long now) {
        if (now >= turnsAt) {
            previous = current;
            current = NONE;
            turnsAt = now + HALF;
        }
        current = Math.min(current, rtt);
    }

    /// [#NONE] before the first sample.
    long value() {
        return Math.min(current, previous);
    }

    void restart() {
        current = NONE;
        previous = NONE;
        turnsAt = 0;
    }
}
