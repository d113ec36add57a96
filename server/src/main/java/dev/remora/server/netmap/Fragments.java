package dev.remora.server.netmap;

import dev.remora.base.IpPrefix;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.RawJson;
import dev.remora.server.model.Node;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is told about each node as a peer, written once and shared by all who are told it.
final class Fragments {
    private static final Logger log = LoggerFactory.getLogger(Fragments.class);

    /// What a node may do that others are told.
    private static final Set<String> TOLD_TO_PEERS =
            Set.of("suggest-exit-node", "dns-subdomain-resolve");

    private static final String SUGGESTED = "suggest-exit-node";

    private final MapSource source;
    private final InstantSource clock;
    private final Map<Long, Entry> entries = new ConcurrentHashMap<>();

    /// All that was written of a node while it stood like this.
    private record Entry(
            Node node,
            NodeWriter.Standing standing,
            Map<List<IpPrefix>, Fragment> wholes,
            Map<EnumSet<Part>, Optional<byte[]>> patches) {}

    Fragments(MapSource source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
    }

    /// A node as it is at this moment. What is written of it stays true to that moment.
    static final class Peer {
        private final Entry entry;

        private Peer(Entry entry) {
            this.entry = entry;
        }

        Node node() {
            return entry.node();
        }

        boolean expired() {
            return entry.standing().expired();
        }

        /// @param routes those through this node that the reader may use
        Fragment whole(List<IpPrefix> routes) {
            return entry.wholes()
                    .computeIfAbsent(
                            routes,
                            key ->
                                    new Fragment(
                                            ControlJson.write(
                                                    NodeWriter.peer(
                                                            entry.node(), entry.standing(), key))));
        }

        /// Nothing where only the whole node tells these parts.
        Optional<byte[]> patch(EnumSet<Part> parts) {
            return entry.patches()
                    .computeIfAbsent(
                            EnumSet.copyOf(parts),
                            key ->
                                    NodeWriter.patch(entry.node(), entry.standing().online(), key)
                                            .map(ControlJson::write));
        }
    }

    /// Nothing for a node that is no more, that has never asked for a map, or that cannot be told to anybody. Without a
    /// disco key clients would list it and drop every packet for it.
    Optional<Peer> peer(long id) {
        return source.node(id)
                .filter(node -> !node.keys().disco().isZero())
                .flatMap(this::entry)
                .map(Peer::new);
    }

    /// Whether what others are told of the node's abilities is no longer what they were told last.
    boolean canOtherwise(long id) {
        Entry known = entries.get(id);
        return known != null && !known.standing().capabilities().equals(capabilities(known.node()));
    }

    void forget(long id) {
        entries.remove(id);
    }

    int size() {
        return entries.size();
    }

    private Optional<Entry> entry(Node node) {
        Entry known = entries.get(node.id());
        NodeWriter.Standing standing = standing(node);
        if (known != null && isSame(known.node(), node) && known.standing().equals(standing)) {
            return Optional.of(known);
        }
        if (!NodeWriter.nameFits(standing.name())) {
            log.warn("node {} is left out of everybody's map: its name is none", node.id());
            return Optional.empty();
        }
        Entry fresh =
                new Entry(node, standing, new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
        entries.put(node.id(), fresh);
        if (source.node(node.id()).isEmpty()) {
            forget(node.id()); // deleted meanwhile, and whoever forgot it came before us
        }
        return Optional.of(fresh);
    }

    private NodeWriter.Standing standing(Node node) {
        return new NodeWriter.Standing(
                source.fqdn(node),
                source.profile(node).id(),
                source.online(node.id()),
                node.membership().expired(clock.instant()),
                capabilities(node));
    }

    /// An exit node can be suggested only while it is one.
    private Map<String, @Nullable List<RawJson>> capabilities(Node node) {
        Map<String, List<RawJson>> all = source.sight(node.id()).attributes();
        if (all.keySet().stream().noneMatch(TOLD_TO_PEERS::contains)) {
            return Map.of();
        }
        boolean exit = source.servedRoutes(node.id()).stream().anyMatch(route -> route.bits() == 0);
        Map<String, @Nullable List<RawJson>> told = new TreeMap<>(all);
        told.keySet()
                .removeIf(key -> !TOLD_TO_PEERS.contains(key) || key.equals(SUGGESTED) && !exit);
        return told;
    }

    @SuppressWarnings("ReferenceEquality") // snapshots never change, so the same object is enough
    private static boolean isSame(Node known, Node now) {
        return known == now;
    }
}
