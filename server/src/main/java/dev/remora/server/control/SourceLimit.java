package dev.remora.server.control;

import dev.remora.base.IpAddress;
import dev.remora.server.http.Source;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// How often something may happen for each source. Knows as many sources as it has room for, the latest ones; one that
/// was forgotten starts afresh. Safe for several threads.
final class SourceLimit {
    private static final int MOST_SOURCES = 10_000;
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final ControlSettings.Rate rate;
    private final LongSupplier clock;
    private final LinkedHashMap<Source, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

    private record Bucket(double tokens, long at) {}

    SourceLimit(ControlSettings.Rate rate, LongSupplier clock) {
        this.rate = rate;
        this.clock = clock;
    }

    /// Whether it may happen once more; if so it has.
    synchronized boolean take(IpAddress from) {
        Source source = Source.of(from);
        Bucket now = filled(source);
        boolean enough = now.tokens >= 1;
        keep(source, enough ? new Bucket(now.tokens - 1, now.at) : now);
        return enough;
    }

    /// Whether it may happen once more.
    synchronized boolean has(IpAddress from) {
        return filled(Source.of(from)).tokens >= 1;
    }

    private Bucket filled(Source source) {
        long now = clock.getAsLong();
        Bucket before = buckets.get(source);
        if (before == null) {
            return new Bucket(rate.burst(), now);
        }
        double gained = (now - before.at) / NANOS_PER_SECOND * rate.perSecond();
        return new Bucket(Math.min(rate.burst(), before.tokens + gained), now);
    }

    private void keep(Source source, Bucket bucket) {
        buckets.put(source, bucket);
        if (buckets.size() > MOST_SOURCES) {
            Map.Entry<Source, Bucket> eldest = buckets.firstEntry();
            buckets.remove(eldest.getKey());
        }
    }
}
