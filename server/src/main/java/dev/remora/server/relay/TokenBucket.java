package dev.remora.server.relay;

import java.util.concurrent.TimeUnit;

/// A number of tokens that grows with time up to a most.
final class TokenBucket {
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final double perNano;
    private final double most;
    private double tokens;
    private long filledAt;

    /// Starts full.
    TokenBucket(double perSecond, double most, long now) {
        this.perNano = perSecond / NANOS_PER_SECOND;
        this.most = most;
        this.tokens = most;
        this.filledAt = now;
    }

    /// Takes one token, if there is one.
    boolean take(long now) {
        fill(now);
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /// Takes `amount`, into debt if need be.
    ///
    /// @return nanoseconds until the debt is paid
    long charge(long amount, long now) {
        fill(now);
        tokens -= Math.min((double) amount, most);
        return tokens >= 0 ? 0 : (long) Math.ceil(-tokens / perNano);
    }

    private void fill(long now) {
        tokens = Math.min(most, tokens + (now - filledAt) * perNano);
        filledAt = now;
    }
}
