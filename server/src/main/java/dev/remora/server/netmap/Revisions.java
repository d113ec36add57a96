package dev.remora.server.netmap;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// In what order nodes changed, for those who could not be told at the time: a node may be hidden from a viewer, change,
/// and be there again before he has looked.
final class Revisions {
    private final AtomicLong last = new AtomicLong();
    private final Map<Long, Long> changed = new ConcurrentHashMap<>();

    long now() {
        return last.get();
    }

    /// To be called before anybody is told.
    void changed(long node) {
        changed.put(node, last.incrementAndGet());
    }

    boolean hasChangedSince(long node, long revision) {
        return changed.getOrDefault(node, 0L) > revision;
    }

    void forget(long node) {
        changed.remove(node);
    }
}
