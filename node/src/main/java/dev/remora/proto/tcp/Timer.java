package dev.remora.proto.tcp;

/// The timers of a connection.
enum Timer {
    /// Repeat the SYN or SYN,ACK.
    HANDSHAKE,
    /// Tail loss probe, PTO; behind it, and while losses are made good, the first segment once more.
    LOSS_PROBE,
    /// RACK's reordering window ends.
    REORDER,
    RTO,
    /// The pacer lets the next quantum go.
    PACING,
    DELAYED_ACK,
    /// Ask for a window, or override the avoidance of small segments.
    PERSIST,
    KEEP_ALIVE,
    /// Nothing that was sent has been answered for too long.
    USER_TIMEOUT,
    /// Nobody listens to us any more, and the peer does not finish.
    FIN_WAIT,
    /// A write found no memory: look again.
    ROOM
}
