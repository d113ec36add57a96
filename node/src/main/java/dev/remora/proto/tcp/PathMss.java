package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;

/// The payload of a full segment. Smaller than negotiated after an ICMP message said so, or when full segments vanish: the
/// tunnel's own packets may not fit a path whose errors nobody reports (RFC 8899 in spirit).
final class PathMss {
    /// Fits, with all headers outside and inside, where full segments may not.
    static final int SAFE = 1024;

    private static final int TIMEOUTS = 2;
    private static final long FIRST_RETRY = SECONDS.toNanos(30);
    private static final long LAST_RETRY = MINUTES.toNanos(10);

    private int full;
    private boolean reduced;
    private int timeouts;
    private long retryAt = Long.MAX_VALUE;
    private long retryAfter = FIRST_RETRY;

    PathMss(int negotiated) {
        full = negotiated;
    }

    int value() {
        return reduced ? Math.min(full, SAFE) : full;
    }

    /// The timer ran out over a segment of `length` bytes. From the second time on small and full segments take turns, so
    /// that a path that is merely down does not make them small for good.
    void onTimeout(int length) {
        if (length > SAFE || reduced) {
            timeouts++;
            reduced = timeouts >= TIMEOUTS && timeouts % 2 == 0;
        }
    }

    /// The peer acknowledged something new.
    void onProgress(long now) {
        if (timeouts >= TIMEOUTS && reduced) {
            retryAt = now + retryAfter;
            retryAfter = Math.min(2 * retryAfter, LAST_RETRY);
        }
        timeouts = 0;
        if (reduced && now >= retryAt) {
            reduced = false;
        }
    }

    /// ICMP says that no more than `mss` fits.
    void lower(int mss) {
        full = Math.min(full, mss);
    }
}
