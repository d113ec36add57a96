package dev.remora.engine.path;

import dev.remora.base.Deadlines;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The heartbeats of all peers in use. All have the same pause, so they are due in the order in which they were armed.
final class Heartbeats {
    private final ArrayDeque<Beat> inOrder = new ArrayDeque<>();

    private record Beat(PeerPaths peer, long at) {}

    void arm(PeerPaths peer, long at) {
        inOrder.add(new Beat(peer, at));
    }

    /// Takes out the next peer whose heartbeat is due, null if there is none.
    @Nullable PeerPaths takeDue(long now) {
        return nextDeadline() <= now ? inOrder.remove().peer() : null;
    }

    long nextDeadline() {
        while (!inOrder.isEmpty()
                && !inOrder.element().peer().expectsHeartbeat(inOrder.element().at())) {
            inOrder.remove();
        }
        return inOrder.isEmpty() ? Deadlines.NEVER : inOrder.element().at();
    }
}
