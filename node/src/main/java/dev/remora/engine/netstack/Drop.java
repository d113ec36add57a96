package dev.remora.engine.netstack;

/// Why the stack dropped a packet.
public enum Drop {
    /// Lengths, checksum or flags are wrong.
    MALFORMED,
    /// For an address that is not ours.
    NOT_OURS,
    /// From an address that cannot be a sender, or from our own to itself.
    BAD_SOURCE,
    /// No hops left, or with a source route.
    BAD_ROUTE,
    /// A protocol that ends nowhere here.
    UNKNOWN_PROTOCOL,
    /// A fragment that came to nothing.
    FRAGMENT,
    /// A segment or datagram for a closed port; answered unless there were too many.
    CLOSED_PORT,
    /// An answer was due, but there were too many already.
    ANSWER_LIMIT,
    /// Too many connections, or handshakes, or too fast.
    CONNECTION_LIMIT,
    /// A new connection while memory is short.
    MEMORY
}
