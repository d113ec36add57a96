package dev.remora.engine.netstack;

import org.jspecify.annotations.Nullable;

/// Counts connections and handshakes, in all and by peer, and says when there are enough. A peer over a limit gets no answer: its
/// SYN is repeated after a second, when there may be room.
final class ConnectionLimits {
    private static final int RESETS_PER_SECOND = 10_000;

    private final NetStackConfig.Caps caps;
    private final MemoryBudget budget;
    private final DropCounters drops;
    private final RateLimit resets = new RateLimit(RESETS_PER_SECOND, RESETS_PER_SECOND);
    private int halfOpen;
    private int connections;

    ConnectionLimits(NetStackConfig.Caps caps, MemoryBudget budget, DropCounters drops) {
        this.caps = caps;
        this.budget = budget;
        this.drops = drops;
    }

    /// Whether a SYN of this peer may become a request.
    boolean mayOpen(PeerUsage peer, long now) {
        if (budget.level() == MemoryBudget.Level.CRITICAL) {
            drops.count(Drop.MEMORY);
            return false;
        }
        boolean room =
                halfOpen < caps.halfOpen()
                        && connections < caps.connections()
                        && peer.halfOpen < caps.halfOpenPerPeer()
                        && peer.connections < caps.connectionsPerPeer();
        if (!room || !peer.newConnections.allow(now)) {
            drops.count(Drop.CONNECTION_LIMIT);
            return false;
        }
        return true;
    }

    /// Whether we may open one ourselves.
    boolean mayConnect() {
        return connections < caps.connections() && budget.level() != MemoryBudget.Level.CRITICAL;
    }

    /// Whether a segment for nobody gets its reset.
    boolean mayReset(PeerUsage peer, long now) {
        drops.count(Drop.CLOSED_PORT);
        boolean allowed = peer.resets.allow(now) && resets.allow(now);
        if (!allowed) {
            drops.count(Drop.ANSWER_LIMIT);
        }
        return allowed;
    }

    /// A peer's SYN became a request.
    void opened(PeerUsage peer) {
        halfOpen++;
        connections++;
        peer.halfOpen++;
        peer.connections++;
    }

    /// We began a connection.
    void connecting() {
        halfOpen++;
        connections++;
    }

    /// The handshake is done; `peer` is null for connections that we opened.
    void connected(@Nullable PeerUsage peer) {
        halfOpen--;
        if (peer != null) {
            peer.halfOpen--;
        }
    }

    /// A request or connection is over.
    void closed(@Nullable PeerUsage peer, boolean handshaking) {
        if (handshaking) {
            connected(peer);
        }
        connections--;
        if (peer != null) {
            peer.connections--;
        }
    }

    int halfOpen() {
        return halfOpen;
    }
}
