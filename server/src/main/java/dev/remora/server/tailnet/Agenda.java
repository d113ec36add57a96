package dev.remora.server.tailnet;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is to happen later, each thing at most once: a heap of entries, and one timer for the first of them.
final class Agenda {
    /// What an entry is about; a new one for the same subject takes the old one's place.
    record Subject(Kind kind, Object id) {}

    enum Kind {
        EXPIRY,
        OFFLINE,
        EPHEMERAL,
        LOGIN,
        FLUSH,
        LAST_SEEN
    }

    private record Entry(Instant due, Subject subject, Runnable action)
            implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            return due.compareTo(other.due);
        }
    }

    /// The timer counts nanoseconds, entries name a time of day: after so long we look again whether both agree.
    private static final Duration LONGEST = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(Agenda.class);

    private final Clock clock;
    private final ScheduledExecutorService timers;
    private final PriorityQueue<Entry> heap = new PriorityQueue<>();
    private final Map<Subject, Entry> entries = new HashMap<>();
    private @Nullable Future<?> timer;
    private Instant timerAt = Instant.MAX;
    private boolean closed;

    Agenda(Clock clock, ScheduledExecutorService timers) {
        this.clock = clock;
        this.timers = timers;
    }

    synchronized void put(Kind kind, Object id, Instant due, Runnable action) {
        Entry entry = new Entry(due, new Subject(kind, id), action);
        Entry before = entries.put(entry.subject(), entry);
        if (before != null) {
            heap.remove(before);
        }
        heap.add(entry);
        arm();
    }

    void after(Kind kind, Object id, Duration delay, Runnable action) {
        put(kind, id, clock.instant().plus(delay), action);
    }

    /// As [#after], unless there is such an entry already.
    synchronized void putIfAbsent(Kind kind, Object id, Duration delay, Runnable action) {
        if (!entries.containsKey(new Subject(kind, id))) {
            after(kind, id, delay, action);
        }
    }

    synchronized void cancel(Kind kind, Object id) {
        Entry entry = entries.remove(new Subject(kind, id));
        if (entry != null) {
            heap.remove(entry);
        }
    }

    synchronized void close() {
        closed = true;
        heap.clear();
        entries.clear();
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /// Does what is due, without the lock: the actions take their own.
    private void run() {
        for (Entry entry : takeDue()) {
            try {
                entry.action().run();
            } catch (RuntimeException e) {
                LOG.error("{} failed", entry.subject(), e); // the others are still due
            }
        }
    }

    private synchronized List<Entry> takeDue() {
        List<Entry> due = new ArrayList<>();
        Instant now = clock.instant();
        timerAt = Instant.MAX;
        while (!heap.isEmpty() && !heap.peek().due().isAfter(now)) {
            Entry entry = heap.remove();
            entries.remove(entry.subject());
            due.add(entry);
        }
        arm();
        return due;
    }

    private void arm() {
        Entry first = heap.peek();
        if (closed || first == null || !first.due().isBefore(timerAt)) {
            return;
        }
        if (timer != null) {
            timer.cancel(false);
        }
        Duration wait = Duration.between(clock.instant(), first.due());
        Duration shortened = wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
        timerAt = clock.instant().plus(shortened);
        long nanos = Math.max(0, shortened.toNanos());
        try {
            timer = timers.schedule(this::run, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            closed = true; // whoever ended the timers ends the tailnet
        }
    }
}
