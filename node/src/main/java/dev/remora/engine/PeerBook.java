package dev.remora.engine;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.filter.CompiledRules;
import dev.remora.engine.filter.FilterInput;
import dev.remora.engine.filter.LocalAddresses;
import dev.remora.engine.filter.PacketFilter;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.Node;
import dev.remora.engine.netmap.NodeCapability;
import dev.remora.engine.path.PathPeer;
import dev.remora.engine.route.RouteTable;
import dev.remora.proto.control.FilterRule;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The netmap in the forms that packets ask: who is known, whose address is this, may this pass.
final class PeerBook {
    private final RouteTable routes = new RouteTable();
    private final Masquerade masquerade = new Masquerade();
    private PacketFilter filter = PacketFilter.dropAll(this::hasCapability);
    private List<FilterRule> rulesInForce = List.of();
    private List<IpPrefix> unsignedInForce = List.of();
    private NetworkPrefs prefs = NetworkPrefs.DEFAULTS;
    private int peerApiPortV4;
    private int peerApiPortV6;
    private final Set<NodeKey> jailed = new HashSet<>();
    private Set<IpAddress> ownAddresses = Set.of();
    private @Nullable NetMap netMap;

    /// What changed for one peer.
    sealed interface Change {
        record Present(PathPeer peer) implements Change {}

        /// Its key has ended: it is still a member, but nothing may come from it or go to it.
        record Expired(NodeKey peer) implements Change {}

        record Gone(NodeKey peer) implements Change {}
    }

    RouteTable routes() {
        return routes;
    }

    Masquerade masquerade() {
        return masquerade;
    }

    PacketFilter filter() {
        return filter;
    }

    /// What is wrong with the rules that control sent, in a sentence.
    Optional<String> filterProblem() {
        List<String> problems = filter.rules().problems();
        if (problems.isEmpty()) {
            return Optional.empty();
        }
        String more = problems.size() == 1 ? "." : ", and " + (problems.size() - 1) + " more.";
        return Optional.of("The packet filter has a mistake: " + problems.getFirst() + more);
    }

    Optional<NetMap> netMap() {
        return Optional.ofNullable(netMap);
    }

    /// Whether this key is a peer's that we may talk to.
    boolean isKnown(NodeKey key) {
        return netMap != null && netMap.peer(key).filter(peer -> !peer.expired()).isPresent();
    }

    /// Whether this peer may only answer us. Asked for every packet.
    boolean isJailed(NodeKey key) {
        return !jailed.isEmpty() && jailed.contains(key);
    }

    /// The port of our PeerAPI at this address of ours; 0 for none.
    int peerApiPort(IpAddress own) {
        return own.v4() ? peerApiPortV4 : peerApiPortV6;
    }

    void peerApiPorts(int v4, int v6) {
        peerApiPortV4 = v4;
        peerApiPortV6 = v6;
    }

    Set<IpAddress> ownAddresses() {
        return ownAddresses;
    }

    /// Our own address to use towards `peer`.
    Optional<IpAddress> ownAddressFor(IpAddress peer) {
        return ownAddresses.stream().filter(own -> own.v4() == peer.v4()).findFirst();
    }

    /// Takes the map that holds from now on, and tells what is another for which peer.
    void onNetMap(NetMap map, Consumer<Change> changes) {
        NetMap before = netMap;
        netMap = map;
        if (before == null || !before.peers().equals(map.peers())) {
            if (before != null) {
                removeGone(before, map, changes);
            }
            for (Node peer : map.peers()) {
                Node old = before == null ? null : before.peer(peer.key()).orElse(null);
                if (!peer.equals(old)) {
                    onPeer(old, peer, changes);
                }
            }
        }
        boolean movedOurselves =
                before == null || !before.self().addresses().equals(map.self().addresses());
        if (movedOurselves) {
            masquerade.onOwnAddresses(map.self().addresses());
            ownAddresses =
                    map.self().addresses().stream()
                            .map(IpPrefix::ip)
                            .collect(Collectors.toUnmodifiableSet());
        }
        updateFilter(movedOurselves);
    }

    private void removeGone(NetMap before, NetMap now, Consumer<Change> changes) {
        for (Node old : before.peers()) {
            if (now.peer(old.key()).isEmpty()) {
                remove(old, changes);
            }
        }
    }

    private void remove(Node old, Consumer<Change> changes) {
        routes.remove(old.key());
        jailed.remove(old.key());
        masquerade.onPeerGone(old.key());
        changes.accept(new Change.Gone(old.key()));
    }

    private void onPeer(@Nullable Node old, Node peer, Consumer<Change> changes) {
        route(peer);
        masquerade.onPeer(peer);
        if (peer.jailed()) {
            jailed.add(peer.key());
        } else {
            jailed.remove(peer.key());
        }
        changes.accept(new Change.Present(pathPeer(peer)));
        if (peer.expired() && old != null && !old.expired()) {
            changes.accept(new Change.Expired(peer.key()));
        }
    }

    /// We are no member any more: nobody is known, nothing passes.
    void clear(Consumer<Change> changes) {
        if (netMap != null) {
            for (Node old : netMap.peers()) {
                remove(old, changes);
            }
        }
        netMap = null;
        ownAddresses = Set.of();
        rulesInForce = List.of();
        unsignedInForce = List.of();
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

    /// Even an address of its own is a peer's only if control allows it.
    private void route(Node peer) {
        List<IpAddress> addresses =
                peer.addresses().stream()
                        .filter(prefix -> prefix.isSingle() && peer.allowedIps().contains(prefix))
                        .map(IpPrefix::ip)
                        .toList();
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
        List<IpPrefix> unsigned =
                netMap.peers().all().stream()
                        .filter(Node::unsigned)
                        .flatMap(peer -> peer.allowedIps().stream())
                        .toList();
        if (!localChanged && rules.equals(rulesInForce) && unsigned.equals(unsignedInForce)) {
            return;
        }
        rulesInForce = rules;
        unsignedInForce = unsigned;
        LocalAddresses local = LocalAddresses.of(netMap.self().addresses());
        filter =
                filter.with(
                        compiled(FilterInputs.of(rules), unsigned, local),
                        local,
                        prefs.shieldsUp());
    }

    /// A server that lets in who is not signed does not keep the tailnet lock: then none of its rules is to be trusted.
    private static CompiledRules compiled(
            List<FilterInput> rules, List<IpPrefix> unsigned, LocalAddresses local) {
        return CompiledRules.openTo(unsigned, rules)
                ? CompiledRules.none(
                        "a rule is for a node that the tailnet lock has not signed: no peer may open a connection")
                : CompiledRules.of(rules, local);
    }

    private boolean hasCapability(IpAddress source, String capability) {
        return netMap != null
                && netMap.owner(source)
                        .filter(node -> node.has(new NodeCapability(capability)))
                        .isPresent();
    }
}
