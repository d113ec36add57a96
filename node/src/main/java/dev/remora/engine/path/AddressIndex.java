package dev.remora.engine.path;

import dev.remora.base.IpPort;
import dev.remora.crypto.NodeKey;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Which peer is behind an address: proven by a pong, by an unambiguous ping or by WireGuard. Each peer keeps the
/// [#MAX_PER_PEER] it was seen at last, so one that roams for months costs no more than one that stays.
final class AddressIndex {
    static final int MAX_PER_PEER = 32;

    /// With the answer of [#peerAt] ready: it is asked for every datagram.
    private final Map<IpPort, Optional<NodeKey>> byAddress = new HashMap<>();

    private final Map<NodeKey, ArrayDeque<IpPort>> byPeer = new HashMap<>();

    Optional<NodeKey> peerAt(IpPort address) {
        return byAddress.getOrDefault(address, Optional.empty());
    }

    void bind(IpPort address, NodeKey peer) {
        Optional<NodeKey> before = peerAt(address);
        if (before.isPresent() && before.get().equals(peer)) {
            return;
        }
        before.ifPresent(other -> addressesOf(other).remove(address));
        byAddress.put(address, Optional.of(peer));
        ArrayDeque<IpPort> addresses = addressesOf(peer);
        addresses.add(address);
        if (addresses.size() > MAX_PER_PEER) {
            byAddress.remove(addresses.remove());
        }
    }

    void removePeer(NodeKey peer) {
        addressesOf(peer).forEach(byAddress::remove);
        byPeer.remove(peer);
    }

    private ArrayDeque<IpPort> addressesOf(NodeKey peer) {
        return byPeer.computeIfAbsent(peer, key -> new ArrayDeque<>(2));
    }
}
