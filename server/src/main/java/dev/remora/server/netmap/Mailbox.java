package dev.remora.server.netmap;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a poll has yet to look at. Notes about the same thing merge, so it holds at most one entry for each node that
/// the viewer sees, however slowly he reads.
final class Mailbox {
    /// Whoever asks more of a node that does not read gets no answer.
    private static final int MOST_PINGS = 8;

    /// Why a poll ends.
    enum End {
        CLIENT_GONE,
        REPLACED,
        NODE_REMOVED,
        SHUTDOWN
    }

    /// What has come together, in no order but that of its parts.
    static final class Notes {
        final SortedMap<Long, EnumSet<Part>> peers = new TreeMap<>();
        final SortedSet<Long> users = new TreeSet<>();
        final List<Message> pings = new ArrayList<>();
        boolean self;
        boolean view;
        boolean dns;
        boolean derpMap;
        @Nullable End end;

        /// When the first of them came, by [System#nanoTime], and at which revision.
        final long since = System.nanoTime();

        final long revision;

        Notes(long revision) {
            this.revision = revision;
        }

        void peer(long id, Set<Part> parts) {
            peers.computeIfAbsent(id, key -> EnumSet.noneOf(Part.class)).addAll(parts);
        }

        int size() {
            return peers.size() + users.size() + pings.size();
        }
    }

    private final Revisions revisions;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private @Nullable Notes waiting;

    Mailbox(Revisions revisions) {
        this.revisions = revisions;
    }

    void peer(long id, Set<Part> parts) {
        note(notes -> notes.peer(id, parts));
    }

    void user(long id) {
        note(notes -> notes.users.add(id));
    }

    void self() {
        note(notes -> notes.self = true);
    }

    void view() {
        note(notes -> notes.view = true);
    }

    void dns() {
        note(notes -> notes.dns = true);
    }

    void derpMap() {
        note(notes -> notes.derpMap = true);
    }

    /// A message as it stands. False when the node has not even read the ones before.
    boolean ping(Message message) {
        boolean[] taken = {false};
        note(notes -> {
            taken[0] = notes.pings.size() < MOST_PINGS && notes.pings.add(message);
        });
        return taken[0];
    }

    /// The first reason counts.
    void end(End end) {
        note(notes -> notes.end = notes.end == null ? end : notes.end);
    }

    /// Waits for something to tell, and then a little longer for what comes with it. Nothing: it was silent for `idle`
    /// nanoseconds.
    Optional<Notes> take(long idle, long window) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = idle;
            while (waiting == null && left > 0) {
                left = arrived.awaitNanos(left);
            }
            while (waiting != null && waiting.end == null) {
                long missing = waiting.since + window - System.nanoTime();
                if (missing <= 0) {
                    break;
                }
                arrived.awaitNanos(missing);
            }
            Optional<Notes> taken = Optional.ofNullable(waiting);
            waiting = null;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void note(Consumer<Notes> what) {
        lock.lock();
        try {
            boolean first = waiting == null;
            Notes notes = waiting == null ? new Notes(revisions.now()) : waiting;
            waiting = notes;
            what.accept(notes);
            if (first || notes.end != null) {
                arrived.signal(); // for what comes with the first it does not have to wake
            }
        } finally {
            lock.unlock();
        }
    }
}
