package dev.remora.engine.netcheck;

/// How the NAT in front of us maps our UDP socket, in the words of RFC 4787 §4.1. One answer proves nothing.
public enum NatMapping {
    UNKNOWN,
    /// One outside address for all destinations: what STUN found is where anyone may reach us.
    ENDPOINT_INDEPENDENT,
    /// Another outside address, or port, for another destination.
    ENDPOINT_DEPENDENT
}
