package dev.remora.server.control;

import dev.remora.base.IpAddress;
import dev.remora.server.control.SourceLimit.Source;
import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts refusals, and puts into the log the first of each kind from each source; after ten minutes it is worth
/// another line. Safe for several threads.
public final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final long QUIET_FOR = TimeUnit.MINUTES.toNanos(10);
    private static final int MOST_REMEMBERED = 1_000;

    private final AtomicLongArray counts = new AtomicLongArray(RefusalKind.values().length);
    private final LongSupplier clock;
    private final LinkedHashMap<Said, Long> said = new LinkedHashMap<>();

    private record Said(RefusalKind what, Source source) {}

    Refusals(LongSupplier clock) {
        this.clock = clock;
    }

    /// @param detail behind the sentence, if not empty; nothing of it may be the client's own words
    void count(RefusalKind what, IpAddress from, String detail) {
        counts.incrementAndGet(what.ordinal());
        if (isNews(new Said(what, Source.of(from)))) {
            LOG.info("{} {}{}", from, what.words(), detail.isEmpty() ? "" : ": " + detail);
        }
    }

    private synchronized boolean isNews(Said now) {
        long time = clock.getAsLong();
        Long before = said.get(now);
        if (before != null && time - before < QUIET_FOR) {
            return false;
        }
        said.remove(now);
        said.put(now, time);
        if (said.size() > MOST_REMEMBERED) {
            said.pollFirstEntry();
        }
        return true;
    }

    /// How many there have been.
    public long count(RefusalKind what) {
        return counts.get(what.ordinal());
    }
}
