package dev.remora.node;

/// What a ping asks.
public enum PingKind {
    /// The path layer: is there a way, and which.
    DISCO,
    /// The peer's node, through the tunnel.
    TSMP,
    /// The peer's system, through the tunnel.
    ICMP
}
