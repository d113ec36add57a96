package dev.remora.engine.path;

import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.NodeKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The peers of the netmap by node key, and by disco key: two nodes may share one of those.
final class PeerTable {
    private final Map<NodeKey, KnownPeer> byKey = new HashMap<>();
    private final Map<DiscoKey, List<KnownPeer>> byDisco = new HashMap<>();

    @Nullable KnownPeer get(NodeKey key) {
        return byKey.get(key);
    }

    Collection<KnownPeer> all() {
        return byKey.values();
    }

    List<KnownPeer> withDisco(DiscoKey disco) {
        return byDisco.getOrDefault(disco, List.of());
    }

    void add(KnownPeer peer) {
        byKey.put(peer.told().key(), peer);
        peer.disco().ifPresent(disco -> index(disco, peer));
    }

    void remove(KnownPeer peer) {
        byKey.remove(peer.told().key());
        peer.disco().ifPresent(disco -> unindex(disco, peer));
    }

    void changeDisco(KnownPeer peer, Optional<DiscoKey> disco) {
        peer.disco().ifPresent(old -> unindex(old, peer));
        peer.disco(disco);
        disco.ifPresent(key -> index(key, peer));
    }

    private void index(DiscoKey disco, KnownPeer peer) {
        List<KnownPeer> sharers = new ArrayList<>(withDisco(disco));
        sharers.add(peer);
        byDisco.put(disco, List.copyOf(sharers));
    }

    private void unindex(DiscoKey disco, KnownPeer peer) {
        List<KnownPeer> others =
                withDisco(disco).stream().filter(sharer -> sharer != peer).toList();
        if (others.isEmpty()) {
            byDisco.remove(disco);
        } else {
            byDisco.put(disco, others);
        }
    }
}
