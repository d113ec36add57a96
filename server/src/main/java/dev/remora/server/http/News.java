package dev.remora.server.http;

import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Knows what was said lately, so that the log says it once and not each time it happens. After ten minutes it is worth
/// another line. Remembers the latest thousand. Safe for several threads.
public final class News<T> {
    private static final long QUIET_FOR = TimeUnit.MINUTES.toNanos(10);
    private static final int MOST_REMEMBERED = 1_000;

    private final LongSupplier clock;
    private final LinkedHashMap<T, Long> said = new LinkedHashMap<>();

    /// @param clock in nanoseconds
    public News(LongSupplier clock) {
        this.clock = clock;
    }

    /// Whether it is worth saying; if so it counts as said.
    public synchronized boolean isNew(T what) {
        long now = clock.getAsLong();
        Long before = said.get(what);
        if (before != null && now - before < QUIET_FOR) {
            return false;
        }
        said.remove(what);
        said.put(what, now);
        if (said.size() > MOST_REMEMBERED) {
            said.pollFirstEntry();
        }
        return true;
    }
}
