package dev.remora.server.tailnet;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Who is there: what [Presence] writes, and those read who decide by it. Who is online may be asked by any thread, all else
/// under the books' lock.
final class Attendance {
    /// How one node's polls stand.
    static final class Seat {
        int polls;
        long generation;
        Instant left = Instant.EPOCH;
    }

    private final Map<Long, Seat> seats = new HashMap<>();
    private final Set<Long> online = ConcurrentHashMap.newKeySet();

    /// Has a poll, or had one a moment ago.
    boolean online(long id) {
        return online.contains(id);
    }

    /// Has a poll now.
    boolean connected(long id) {
        Seat seat = seats.get(id);
        return seat != null && seat.polls > 0;
    }

    Map<Long, Seat> seats() {
        return seats;
    }

    Set<Long> online() {
        return online;
    }

    void forget(long id) {
        seats.remove(id);
        online.remove(id);
    }
}
