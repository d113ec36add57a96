package dev.remora.io.control;

import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import java.util.Optional;

/// The keys that make us this node of the tailnet, to be kept across restarts.
///
/// @param nodeKey absent before the first login and after a logout
/// @param oldNodeKey the one before it, if it was replaced
public record NodeIdentity(Optional<NodePrivateKey> nodeKey, Optional<NodePrivateKey> oldNodeKey) {
    public static final NodeIdentity NONE = new NodeIdentity(Optional.empty(), Optional.empty());

    /// The old key for the server's eyes; the zero key says that there is none.
    NodeKey oldPublicKey() {
        return oldNodeKey.map(NodePrivateKey::publicKey).orElse(NodeKey.ZERO);
    }
}
