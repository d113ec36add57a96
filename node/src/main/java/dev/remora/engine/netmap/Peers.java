package dev.remora.engine.netmap;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.NodeKey;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// All peers, ordered by number and found by key, stable id and address. Immutable.
///
/// Made for tailnets of ten thousand nodes where single nodes change all the time: a change that
/// leaves keys and addresses alone copies one array of references, and the indexes are shared.
public final class Peers implements Iterable<Node> {
    public static final Peers NONE = of(List.of());

    private final Node[] byId;
    private final Index index;

    /// Positions in the array.
    private record Index(
            Map<NodeKey, Integer> byKey,
            Map<StableNodeId, Integer> byStableId,
            Map<IpAddress, Integer> byAddress) {}

    private Peers(Node[] byId, Index index) {
        this.byId = byId;
        this.index = index;
    }

    /// Of several nodes with one number the last one counts.
    static Peers of(Collection<Node> nodes) {
        SortedMap<NodeId, Node> sorted = new TreeMap<>();
        nodes.forEach(node -> sorted.put(node.id(), node));
        return of(sorted);
    }

    private static Peers of(SortedMap<NodeId, Node> sorted) {
        Node[] byId = sorted.values().toArray(Node[]::new);
        return new Peers(byId, index(byId));
    }

    public int size() {
        return byId.length;
    }

    public Optional<Node> get(NodeId id) {
        return at(positionOf(id));
    }

    public Optional<Node> get(NodeKey key) {
        return at(index.byKey.getOrDefault(key, -1));
    }

    public Optional<Node> get(StableNodeId id) {
        return at(index.byStableId.getOrDefault(id, -1));
    }

    /// The peer that owns this address itself; routes do not count.
    public Optional<Node> owner(IpAddress address) {
        return at(index.byAddress.getOrDefault(address, -1));
    }

    /// In the order of their numbers.
    public List<Node> all() {
        return Collections.unmodifiableList(Arrays.asList(byId));
    }

    @Override
    public Iterator<Node> iterator() {
        return all().iterator();
    }

    /// With these nodes changed or added, by their number, and those others gone.
    Peers with(Collection<Node> changed, Collection<NodeId> removed) {
        if (changed.isEmpty() && removed.isEmpty()) {
            return this;
        }
        if (removed.stream().noneMatch(id -> positionOf(id) >= 0)) {
            Optional<Peers> inPlace = inPlace(changed);
            if (inPlace.isPresent()) {
                return inPlace.get();
            }
        }
        SortedMap<NodeId, Node> sorted = new TreeMap<>();
        for (Node node : byId) {
            sorted.put(node.id(), node);
        }
        removed.forEach(sorted::remove);
        changed.forEach(node -> sorted.put(node.id(), node));
        return of(sorted);
    }

    /// With the operator applied to the peers of these numbers; unknown numbers are passed over, as they
    /// are normal while things race.
    Peers mapped(Map<NodeId, UnaryOperator<Node>> operators) {
        List<Node> changed =
                operators.entrySet().stream()
                        .flatMap(e -> get(e.getKey()).map(e.getValue()).stream())
                        .toList();
        return with(changed, List.of());
    }

    /// For tests: nothing was found anew to make this from `other`.
    @SuppressWarnings("ReferenceEquality") // the same object is what is asked for
    boolean sharesIndexWith(Peers other) {
        return index == other.index;
    }

    private Optional<Peers> inPlace(Collection<Node> changed) {
        Node[] copy = byId.clone();
        for (Node node : changed) {
            int position = positionOf(node.id());
            if (position < 0 || !sameIndex(byId[position], node)) {
                return Optional.empty();
            }
            copy[position] = node;
        }
        return Optional.of(new Peers(copy, index));
    }

    private static boolean sameIndex(Node before, Node after) {
        return before.key().equals(after.key())
                && before.stableId().equals(after.stableId())
                && before.addresses().equals(after.addresses());
    }

    private static Index index(Node[] byId) {
        Index index =
                new Index(
                        HashMap.newHashMap(byId.length),
                        HashMap.newHashMap(byId.length),
                        HashMap.newHashMap(2 * byId.length));
        for (int i = 0; i < byId.length; i++) {
            index.byKey.put(byId[i].key(), i);
            index.byStableId.put(byId[i].stableId(), i);
            for (IpPrefix address : byId[i].addresses()) {
                if (address.isSingle()) {
                    index.byAddress.put(address.ip(), i);
                }
            }
        }
        return index;
    }

    private Optional<Node> at(int position) {
        return position < 0 ? Optional.empty() : Optional.of(byId[position]);
    }

    private int positionOf(NodeId id) {
        int low = 0;
        int high = byId.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = byId[middle].id().compareTo(id);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }
}
