package dev.remora.server.control;

import dev.remora.base.IpAddress;
import dev.remora.server.http.Source;
import java.util.HashMap;
import java.util.Map;

/// Counts the connections that have not yet shown to be a member's. Safe for several threads.
final class Strangers {
    private final int most;
    private final int mostPerSource;
    private final Map<Source, Integer> bySource = new HashMap<>();
    private int all;

    Strangers(int most, int mostPerSource) {
        this.most = most;
        this.mostPerSource = mostPerSource;
    }

    /// Whether there is room for one more; if so it is in.
    synchronized boolean enter(IpAddress from) {
        Source source = Source.of(from);
        int there = bySource.getOrDefault(source, 0);
        if (all >= most || there >= mostPerSource) {
            return false;
        }
        all++;
        bySource.put(source, there + 1);
        return true;
    }

    /// One of those who came in has gone, or is no stranger any more.
    synchronized void leave(IpAddress from) {
        all--;
        bySource.computeIfPresent(
                Source.of(from), (source, there) -> there == 1 ? null : there - 1);
    }

    synchronized int count() {
        return all;
    }
}
