package dev.remora.engine.netstack;

import java.util.EnumMap;
import java.util.Map;

/// Counts dropped packets by reason.
final class DropCounters {
    private final long[] counts = new long[Drop.values().length];

    void count(Drop reason) {
        count(reason, 1);
    }

    void count(Drop reason, int packets) {
        counts[reason.ordinal()] += packets;
    }

    Map<Drop, Long> snapshot() {
        Map<Drop, Long> snapshot = new EnumMap<>(Drop.class);
        for (Drop reason : Drop.values()) {
            snapshot.put(reason, counts[reason.ordinal()]);
        }
        return snapshot;
    }
}
