package dev.remora.engine.netstack;

import static java.util.concurrent.TimeUnit.SECONDS;

/// At most so many per second, with a burst: a token bucket that fills as time goes by.
final class RateLimit {
    private final long every;
    private final long capacity;
    private long emptyUntil; // the bucket's content is the time since then

    RateLimit(int perSecond, int burst) {
        every = SECONDS.toNanos(1) / perSecond;
        capacity = every * burst;
        emptyUntil = -capacity;
    }

    boolean allow(long now) {
        emptyUntil = Math.max(emptyUntil, now - capacity);
        if (now - emptyUntil < every) {
            return false;
        }
        emptyUntil += every;
        return true;
    }
}
