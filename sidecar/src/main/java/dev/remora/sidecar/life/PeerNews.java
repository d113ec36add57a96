package dev.remora.sidecar.life;

import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.Node;
import dev.remora.engine.netmap.NodeId;
import dev.remora.sidecar.localapi.NodeJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What watchers are told of the tailnet's nodes.
final class PeerNews {
    private PeerNews() {}

    /// The peers that are new, different or gone since `before`; empty if none is.
    static Optional<Notify> between(Optional<NetMap> before, NetMap now, Supplier<Notify> message) {
        List<Object> changed = new ArrayList<>();
        for (Node peer : now.peers()) {
            if (!before.flatMap(map -> map.peers().get(peer.id())).equals(Optional.of(peer))) {
                changed.add(NodeJson.node(now, peer));
            }
        }
        List<Object> removed = new ArrayList<>();
        before.ifPresent(map ->
                map.peers()
                        .forEach(peer -> {
                            NodeId id = peer.id();
                            if (now.peers().get(id).isEmpty()) {
                                removed.add(id.value());
                            }
                        }));
        if (changed.isEmpty() && removed.isEmpty()) {
            return Optional.empty();
        }
        Notify news = message.get();
        if (!changed.isEmpty()) {
            news.with(Notify.Member.PEERS_CHANGED, changed);
        }
        if (!removed.isEmpty()) {
            news.with(Notify.Member.PEERS_REMOVED, removed);
        }
        return Optional.of(news);
    }

    /// The whole tailnet.
    static Map<String, @Nullable Object> netMap(NetMap map) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("SelfNode", NodeJson.node(map, map.self()));
        tree.put("NodeKey", map.self().key().text());
        tree.put(
                "Peers", map.peers().all().stream().map(peer -> NodeJson.node(map, peer)).toList());
        tree.put("Domain", map.domain());
        Map<String, @Nullable Object> users = new TreeMap<>();
        map.users()
                .keySet()
                .forEach(id -> users.put(Long.toString(id.value()), NodeJson.user(map, id)));
        tree.put("UserProfiles", users);
        return tree;
    }
}
