package dev.remora.server.netmap;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/// What the map service has done since it started, for metrics and tests.
public final class MapCounts {
    /// What is counted. A message may be of several kinds.
    public enum Kind {
        POLLS_OPENED,
        POLLS_ENDED,
        POLLS_REPLACED,
        REFUSED,
        LITE_UPDATES,
        FULL_MAPS,
        KEEP_ALIVES,
        PINGS,
        DELTAS,
        PEERS_CHANGED,
        PEERS_PATCHED,
        PEERS_REMOVED,
        SELF_CHANGED,
        FILTERS_CHANGED,
        DNS_CHANGED,
        DERP_MAP_CHANGED,
        PROFILES,
        FRAMES,
        JSON_BYTES,
        WIRE_BYTES
    }

    /// Upper ends of the classes of waiting times, in milliseconds, as powers of two up to a minute.
    private static final int CLASSES = 17;

    private final Map<Kind, LongAdder> counts = new EnumMap<>(Kind.class);
    private final AtomicLongArray waits = new AtomicLongArray(CLASSES);
    private final LongAccumulator deepest = new LongAccumulator(Math::max, 0);

    MapCounts() {
        for (Kind kind : Kind.values()) {
            counts.put(kind, new LongAdder());
        }
    }

    public long get(Kind kind) {
        return adder(kind).sum();
    }

    public long pollsOpen() {
        return get(Kind.POLLS_OPENED) - get(Kind.POLLS_ENDED);
    }

    /// The most notes that one poll ever had to look at together.
    public long deepestMailbox() {
        return deepest.get();
    }

    /// How long changes waited until they were written: the time in milliseconds that this part of them, say 0.99, did
    /// not exceed, rounded up to a power of two; 0 while there were none.
    public long waitMillis(double part) {
        long all = 0;
        for (int i = 0; i < CLASSES; i++) {
            all += waits.get(i);
        }
        long seen = 0;
        for (int i = 0; i < CLASSES; i++) {
            seen += waits.get(i);
            if (seen > 0 && seen >= part * all) {
                return 1L << i;
            }
        }
        return 0;
    }

    void add(Kind kind, long more) {
        adder(kind).add(more);
    }

    void add(Kind kind) {
        add(kind, 1);
    }

    void mailbox(int depth) {
        deepest.accumulate(depth);
    }

    void waited(long nanos) {
        long millis = Math.max(1, nanos / 1_000_000);
        int place = Long.SIZE - Long.numberOfLeadingZeros(millis - 1);
        waits.incrementAndGet(Math.min(CLASSES - 1, place));
    }

    private LongAdder adder(Kind kind) {
        LongAdder adder = counts.get(kind);
        if (adder == null) {
            throw new IllegalStateException("not counted: " + kind);
        }
        return adder;
    }
}
