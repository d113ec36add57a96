package dev.remora.io.derp;

import java.util.EnumMap;
import java.util.Map;

/// How many packets were dropped, by reason.
final class DropCounts {
    private final Map<DropReason, Long> counts = new EnumMap<>(DropReason.class);

    void count(DropReason reason) {
        counts.merge(reason, 1L, Long::sum);
    }

    long of(DropReason reason) {
        return counts.getOrDefault(reason, 0L);
    }
}
