package dev.remora.proto.wireguard;

import dev.remora.crypto.NodeKey;
import java.nio.ByteBuffer;
import java.util.Optional;

/// What [WireGuard] asks about peers while it works. The answers come from what is known already: they must not call
/// back into it.
@FunctionalInterface
public interface Peers {
    /// Whether this node belongs to our tailnet: only those may make us answer.
    boolean isKnown(NodeKey peer);

    /// An inner packet to send as the very first of a new session, ahead of what waits: where a node tells its disco key.
    /// The buffer needs the room that [WireGuard#send] asks for, and becomes the machine's.
    default Optional<ByteBuffer> greeting(NodeKey peer) {
        return Optional.empty();
    }
}
