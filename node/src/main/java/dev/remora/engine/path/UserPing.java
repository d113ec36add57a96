package dev.remora.engine.path;

import dev.remora.crypto.NodeKey;

/// A ping somebody asked for: as many packets as there are ways to try, of which the first answer counts.
final class UserPing {
    private final long token;
    private final NodeKey peer;
    private int waiting;
    private boolean answered;

    UserPing(long token, NodeKey peer) {
        this.token = token;
        this.peer = peer;
    }

    long token() {
        return token;
    }

    NodeKey peer() {
        return peer;
    }

    /// Whether any packet left.
    boolean sent() {
        return waiting > 0;
    }

    void sentOne() {
        waiting++;
    }

    /// @return whether this is the first answer
    boolean answer() {
        boolean first = !answered;
        answered = true;
        return first;
    }

    /// @return whether nothing can come any more, and nothing came
    boolean loseOne() {
        waiting--;
        return waiting == 0 && !answered;
    }
}
