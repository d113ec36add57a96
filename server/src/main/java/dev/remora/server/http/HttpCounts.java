package dev.remora.server.http;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// What the front has done so far. Counted on its loop, read anywhere.
public final class HttpCounts {
    private final LongAdder accepted = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private final LongAdder upgraded = new LongAdder();
    private final AtomicLongArray ends = new AtomicLongArray(HttpEnd.values().length);

    void accept() {
        accepted.increment();
    }

    void answer() {
        answered.increment();
    }

    void upgrade() {
        upgraded.increment();
    }

    void end(HttpEnd why) {
        ends.incrementAndGet(why.ordinal());
    }

    /// TCP connections, of whatever kind.
    public long accepted() {
        return accepted.sum();
    }

    public long answered() {
        return answered.sum();
    }

    public long upgraded() {
        return upgraded.sum();
    }

    public long ended(HttpEnd why) {
        return ends.get(why.ordinal());
    }
}
