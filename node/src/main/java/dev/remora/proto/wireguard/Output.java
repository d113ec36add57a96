package dev.remora.proto.wireguard;

import dev.remora.crypto.NodeKey;
import java.nio.ByteBuffer;

/// What [WireGuard] wants done. Buffers belong to the receiver from then on.
public sealed interface Output {
    /// Send this datagram to the peer, on whatever path leads to it.
    record Transmit(NodeKey peer, ByteBuffer datagram) implements Output {}

    /// Send this datagram back to where another one came from.
    record Reply(Source to, ByteBuffer datagram) implements Output {}

    /// An inner IP packet of the peer's, cut to its length. Its source address is still to be checked.
    record Deliver(NodeKey peer, ByteBuffer packet) implements Output {}

    /// The peer proved to be behind this source; said when it was another one before.
    record Identified(NodeKey peer, Source source) implements Output {}

    /// A new session can be sent on. Comes before anything that is sent on it.
    ///
    /// @param initiator whether the handshake was ours
    record SessionUp(NodeKey peer, boolean initiator) implements Output {}

    /// A datagram, or a packet of ours, was dropped; [WireGuard#dropped] counts them.
    record Dropped(DropReason reason) implements Output {}

    /// This source sends into a session that we do not have: it may be one of ours before we were started anew. Nothing of it is proven.
    record NoSession(Source source) implements Output {}

    /// Nothing was heard for so long that all of the peer's state was erased; the next packet starts anew.
    record PeerIdle(NodeKey peer) implements Output {}
}
