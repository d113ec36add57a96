package dev.remora.server.control;

import dev.remora.base.IpAddress;
import dev.remora.server.http.News;
import dev.remora.server.http.Source;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts refusals, and puts into the log the first of each kind from each source; after ten minutes it is worth
/// another line. Safe for several threads.
public final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final AtomicLongArray counts = new AtomicLongArray(RefusalKind.values().length);
    private final News<Said> news;

    private record Said(RefusalKind what, Source source) {}

    Refusals(LongSupplier clock) {
        this.news = new News<>(clock);
    }

    /// @param detail behind the sentence, if not empty; nothing of it may be the client's own words
    void count(RefusalKind what, IpAddress from, String detail) {
        counts.incrementAndGet(what.ordinal());
        if (news.isNew(new Said(what, Source.of(from)))) {
            LOG.info("{} {}{}", from, what.words(), detail.isEmpty() ? "" : ": " + detail);
        }
    }

    /// How many there have been.
    public long count(RefusalKind what) {
        return counts.get(what.ordinal());
    }
}
