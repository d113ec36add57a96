package dev.remora.engine;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.filter.CompiledRules;
import dev.remora.engine.filter.LocalAddresses;
import dev.remora.engine.filter.PacketFilter;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.Node;
import dev.remora.engine.netmap.NodeCapability;
import dev.remora.engine.path.PathPeer;
import dev.remora.engine.route.RouteTable;
import dev.remora.proto.control.FilterRule;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The netmap in the forms that packets ask: who is known, whose address is this, may this pass.
final class PeerBook {
    private final RouteTable routes = new RouteTable();
    private PacketFilter filter = PacketFilter.dropAll(this::hasCapability);
    private List<FilterRule> rulesInForce = List.of();
    private NetworkPrefs prefs = NetworkPrefs.DEFAULTS;
    private @Nullable NetMap netMap;

    /// What changed for one peer.
    sealed interface Change {
        record Present(PathPeer peer) implements Change {}

        record Gone(NodeKey peer) implements Change {}
    }

    RouteTable routes() {
        return routes;
    }

    PacketFilter filter() {
        return filter;
    }

    Optional<NetMap> netMap() {
        return Optional.ofNullable(netMap);
    }

    NetworkPrefs prefs() {
        return prefs;
    }

    /// Whether this key is a peer's that we may talk to.
    boolean isKnown(NodeKey key) {
        return netMap != null && netMap.peer(key).filter(peer -> !peer.expired()).isPresent();
    }

    boolean isJailed(NodeKey key) {
        return netMap != null && netMap.peer(key).map(Node::jailed).orElse(true);
    }

    /// The port of our PeerAPI at this address of ours.
    int peerApiPort(IpAddress own) {
        return own.v4() ? prefs.peerApiPortV4() : prefs.peerApiPortV6();
    }

    Set<IpAddress> ownAddresses() {
        return netMap == null
                ? Set.of()
                : netMap.self().addresses().stream()
                        .map(IpPrefix::ip)
                        .collect(Collectors.toUnmodifiableSet());
    }

    /// Our own address to use towards `peer`.
    Optional<IpAddress> ownAddressFor(IpAddress peer) {
        return ownAddresses().stream().filter(own -> own.v4() == peer.v4()).findFirst();
    }

    /// Takes the map that holds from now on, and tells what is another for which peer.
    void onNetMap(NetMap map, Consumer<Change> changes) {
        NetMap before = netMap;
        netMap = map;
        if (before != null) {
            for (Node old : before.peers()) {
                if (map.peer(old.key()).isEmpty()) {
                    routes.remove(old.key());
                    changes.accept(new Change.Gone(old.key()));
                }
            }
        }
        for (Node peer : map.peers()) {
            Node old = before == null ? null : before.peer(peer.key()).orElse(null);
            if (!peer.equals(old)) {
                route(peer);
                changes.accept(new Change.Present(pathPeer(peer)));
            }
        }
        updateFilter(before == null || !before.self().addresses().equals(map.self().addresses()));
    }

    /// We are no member any more: nobody is known, nothing passes.
    void clear(Consumer<Change> changes) {
        if (netMap != null) {
            for (Node old : netMap.peers()) {
                routes.remove(old.key());
                changes.accept(new Change.Gone(old.key()));
            }
        }
        netMap = null;
        rulesInForce = List.of();
        filter = PacketFilter.dropAll(this::hasCapability);
    }

    /// Applies other wishes of the user to the map we have.
    void onPrefs(NetworkPrefs wanted) {
        prefs = wanted;
        if (netMap != null) {
            netMap.peers().forEach(this::route);
        }
        updateFilter(true);
    }

    private void route(Node peer) {
        List<IpAddress> addresses =
                peer.addresses().stream().filter(IpPrefix::isSingle).map(IpPrefix::ip).toList();
        List<IpPrefix> subnets =
                peer.allowedIps().stream().filter(prefix -> prefix.bits() > 0).toList();
        routes.set(peer.key(), addresses, prefs.acceptRoutes() ? subnets : List.of());
    }

    private static PathPeer pathPeer(Node peer) {
        return new PathPeer(
                peer.key(), peer.discoKey(), peer.homeDerp(), peer.endpoints(), peer.expired());
    }

    private void updateFilter(boolean localChanged) {
        if (netMap == null) {
            return;
        }
        List<FilterRule> rules = netMap.filterRules();
        if (!localChanged && rules.equals(rulesInForce)) {
            return;
        }
        rulesInForce = rules;
        LocalAddresses local = LocalAddresses.of(netMap.self().addresses());
        filter =
                filter.with(
                        CompiledRules.of(FilterInputs.of(rules), local), local, prefs.shieldsUp());
    }

    private boolean hasCapability(IpAddress source, String capability) {
        return netMap != null
                && netMap.owner(source)
                        .filter(node -> node.has(new NodeCapability(capability)))
                        .isPresent();
    }
}
