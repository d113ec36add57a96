package dev.remora.engine.path;

/// Why we look for our own endpoints.
public enum EndpointSearch {
    /// There are peers now, and there were none.
    FIRST_PEERS,
    /// A NAT forgets us in half a minute, so we look often while we are in use.
    PERIODIC,
    /// A peer is to be told where to call, and what we know is too old.
    CALL_ME_MAYBE,
    /// Our addresses, sockets or interfaces are not what they were.
    LINK_CHANGE,
    /// There are other relays to ask, or the connection to one was lost.
    RELAYS_CHANGED
}
