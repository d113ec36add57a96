package dev.remora.server.tailnet;

import dev.remora.base.IpAddress;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.NodeKey;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.model.PreAuthKey;
import dev.remora.server.model.User;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Everything that is kept, in memory, with the indexes to find it. Written under the books' lock, read by anybody.
final class Roster {
    /// In place of a person's number, of which none is negative.
    private static final long TAGGED = -1;

    private final Map<Long, User> users = new ConcurrentHashMap<>();
    private final Map<Long, PreAuthKey> authKeys = new ConcurrentHashMap<>();
    private final Map<Long, Node> nodes = new ConcurrentHashMap<>();

    private final Map<String, Long> byLookup = new ConcurrentHashMap<>();
    private final Map<NodeKey, Node> byKey = new ConcurrentHashMap<>();
    private final Map<String, Long> byLabel = new ConcurrentHashMap<>();
    private final Map<IpAddress, Long> byAddress = new ConcurrentHashMap<>();
    private final Map<MachineKey, Set<Long>> byMachine = new ConcurrentHashMap<>();

    /// By a person's number, or [#TAGGED].
    private final Map<Long, Set<Long>> byOwner = new ConcurrentHashMap<>();

    void put(User user) {
        users.put(user.id(), user);
    }

    void removeUser(long id) {
        users.remove(id);
    }

    void put(PreAuthKey key) {
        authKeys.put(key.id(), key);
        byLookup.put(key.lookup(), key.id());
    }

    void removeAuthKey(long id) {
        PreAuthKey key = authKeys.remove(id);
        if (key != null) {
            byLookup.remove(key.lookup());
        }
    }

    /// The new indexes stand before the old ones go: a node that takes another key is never nobody in between.
    void put(Node node) {
        Node before = nodes.put(node.id(), node);
        byKey.put(node.keys().node(), node);
        byLabel.put(node.name().label(), node.id());
        byAddress.put(node.addresses().ipv4(), node.id());
        byAddress.put(node.addresses().ipv6(), node.id());
        add(byMachine, node.keys().machine(), node.id());
        add(byOwner, owner(node), node.id());
        if (before != null) {
            dropOldIndexes(before, node);
        }
    }

    private void dropOldIndexes(Node before, Node node) {
        if (!before.keys().node().equals(node.keys().node())) {
            byKey.computeIfPresent(
                    before.keys().node(), (key, now) -> now.id() == node.id() ? null : now);
        }
        if (!before.name().label().equals(node.name().label())) {
            byLabel.remove(before.name().label(), node.id());
        }
        if (owner(before) != owner(node)) {
            drop(byOwner, owner(before), node.id());
        }
    }

    private static long owner(Node node) {
        return node.owner() instanceof Owner.Person(long id) ? id : TAGGED;
    }

    private static <K> void add(Map<K, Set<Long>> index, K key, long id) {
        index.computeIfAbsent(key, _ -> ConcurrentHashMap.newKeySet()).add(id);
    }

    private static <K> void drop(Map<K, Set<Long>> index, K key, long id) {
        index.computeIfPresent(
                key,
                (_, ids) -> {
                    ids.remove(id);
                    return ids.isEmpty() ? null : ids;
                });
    }

    void removeNode(long id) {
        Node node = nodes.remove(id);
        if (node == null) {
            return;
        }
        byKey.remove(node.keys().node());
        byLabel.remove(node.name().label(), id);
        byAddress.remove(node.addresses().ipv4());
        byAddress.remove(node.addresses().ipv6());
        drop(byMachine, node.keys().machine(), id);
        drop(byOwner, owner(node), id);
    }

    Collection<User> users() {
        return List.copyOf(users.values());
    }

    Optional<User> user(long id) {
        return Optional.ofNullable(users.get(id));
    }

    Optional<User> userNamed(String name) {
        return users.values().stream().filter(user -> user.name().equals(name)).findAny();
    }

    Collection<PreAuthKey> authKeys() {
        return List.copyOf(authKeys.values());
    }

    Optional<PreAuthKey> authKey(long id) {
        return Optional.ofNullable(authKeys.get(id));
    }

    Optional<PreAuthKey> authKeyByLookup(String lookup) {
        return Optional.ofNullable(byLookup.get(lookup)).flatMap(this::authKey);
    }

    Collection<Node> nodes() {
        return Collections.unmodifiableCollection(nodes.values());
    }

    Optional<Node> node(long id) {
        return Optional.ofNullable(nodes.get(id));
    }

    Optional<Node> node(NodeKey key) {
        return Optional.ofNullable(byKey.get(key));
    }

    /// The machine's nodes, one for each owner it has.
    List<Node> nodesOf(MachineKey machine) {
        return byMachine.getOrDefault(machine, Set.of()).stream()
                .sorted()
                .flatMap(id -> node(id).stream())
                .toList();
    }

    /// The nodes, this one among them, that are the same person's, or nobody's as this one is.
    Set<Long> nodesOfOwner(Node node) {
        return Collections.unmodifiableSet(byOwner.getOrDefault(owner(node), Set.of()));
    }

    Optional<Node> nodeLabelled(String label) {
        return Optional.ofNullable(byLabel.get(label)).flatMap(this::node);
    }

    boolean isTaken(IpAddress address) {
        return byAddress.containsKey(address);
    }
}
