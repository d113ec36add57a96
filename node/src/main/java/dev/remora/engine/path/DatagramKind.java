package dev.remora.engine.path;

/// What a datagram on the node's UDP socket is for, told from its first bytes by [Demux].
public enum DatagramKind {
    /// A STUN binding message: for netcheck.
    STUN,
    /// Disco behind a Geneve header: came through a peer relay.
    RELAYED_DISCO,
    /// WireGuard behind a Geneve header: came through a peer relay.
    RELAYED_WIREGUARD,
    /// Disco itself: for [PathFinder#onDisco].
    DISCO,
    /// Everything else: for the WireGuard tunnels, which recognise what is not theirs.
    WIREGUARD
}
