package dev.remora.engine.netmap;

import dev.remora.proto.control.MapResponse;
import dev.remora.proto.control.NodeInfo;
import dev.remora.proto.control.PeerChange;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What one message says about peers, ready to be applied.
///
/// @param all the complete list, in which case nothing else counts
/// @param edits changes of single members, of which several may meet in one node
record PeerUpdate(
        Optional<List<Node>> all,
        List<NodeId> removed,
        List<Node> changed,
        Map<NodeId, UnaryOperator<Node>> edits) {

    static PeerUpdate of(MapResponse message, Instant now) {
        List<Node> complete = nodes(message.peers(), now);
        if (!complete.isEmpty()) {
            return new PeerUpdate(Optional.of(complete), List.of(), List.of(), Map.of());
        }
        Map<NodeId, UnaryOperator<Node>> edits = new LinkedHashMap<>();
        byNode(message.peerSeenChange())
                .forEach((id, seen) ->
                        add(
                                edits,
                                id,
                                node -> node.withLastSeen(Optional.of(now).filter(at -> seen))));
        byNode(message.onlineChange())
                .forEach((id, online) -> add(edits, id, node -> node.withOnline(online)));
        for (PeerChange patch : Lists.present(message.peersChangedPatch())) {
            add(edits, new NodeId(patch.nodeId()), node -> NodeReader.patched(node, patch, now));
        }
        return new PeerUpdate(
                Optional.empty(),
                Lists.present(message.peersRemoved()).stream().map(NodeId::new).toList(),
                nodes(message.peersChanged(), now),
                edits);
    }

    Peers applyTo(Peers before) {
        return all.map(Peers::of).orElseGet(() -> before.with(changed, removed).mapped(edits));
    }

    private static List<Node> nodes(@Nullable List<NodeInfo> wire, Instant now) {
        return Lists.present(wire).stream()
                .flatMap(info -> NodeReader.peer(info, now).stream())
                .toList();
    }

    private static void add(
            Map<NodeId, UnaryOperator<Node>> edits, NodeId id, UnaryOperator<Node> edit) {
        edits.merge(id, edit, (first, second) -> node -> second.apply(first.apply(node)));
    }

    private static Map<NodeId, Boolean> byNode(@Nullable Map<String, Boolean> wire) {
        Map<NodeId, Boolean> changes = new LinkedHashMap<>();
        if (wire != null) {
            wire.forEach((number, value) -> {
                try {
                    NodeId id = new NodeId(Long.parseLong(number));
                    Optional.ofNullable(value).ifPresent(v -> changes.put(id, v));
                } catch (NumberFormatException e) {
                    return; // a change of no node we could know
                }
            });
        }
        return changes;
    }
}
