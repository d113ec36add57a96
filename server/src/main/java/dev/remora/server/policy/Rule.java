package dev.remora.server.policy;

import dev.remora.base.IpPrefix;
import dev.remora.proto.control.PortRange;
import dev.remora.proto.control.RawJson;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One thing that the policy allows, in the form that ACLs and grants have in common: one destination each.
///
/// @param via the tags of which a router must have one to carry this; empty: any router
record Rule(List<Alias> from, Alias to, Opens opens, Set<String> via) {
    Rule {
        from = List.copyOf(from);
        via = Set.copyOf(via);
    }

    /// Whether each user gets a rule of their own out of it.
    boolean isPerUser() {
        return to instanceof Alias.Self;
    }

    /// What concerns users needs users at both ends.
    void check(Place at, Problems problems) {
        boolean ofUsers =
                from.stream()
                        .allMatch(alias ->
                                alias instanceof Alias.Users
                                        || alias instanceof Alias.Members
                                        || alias instanceof Alias.Everything);
        if (isPerUser() && !ofUsers) {
            problems.add(at, "autogroup:self needs users, groups or autogroup:member as sources");
        }
    }

    /// Whether it lets its sources send to something behind this route, if the router is a right one.
    boolean leadsTo(IpPrefix route) {
        boolean toInternet = route.bits() == 0;
        return opens instanceof Packets
                && switch (to) {
                    case Alias.Everything everything -> via.isEmpty();
                    case Alias.Internet internet -> toInternet;
                    case Alias.Network(var network) ->
                            toInternet
                                    ? network.bits() == 0 || Networks.isInternet(network)
                                    : Networks.overlap(network, route);
                    case Alias.Users users -> false;
                    case Alias.Tag tag -> false;
                    case Alias.Members members -> false;
                    case Alias.Tagged tagged -> false;
                    case Alias.Self self -> false;
                    case Alias.Anyone anyone -> false;
                };
    }

    /// Whether a node is among its destinations, by its own addresses or by what it is a router for.
    boolean reaches(Standing node, Directory directory) {
        if (!via.isEmpty()) {
            return goesBy(node.owner().tags()) && routes(node);
        }
        return switch (to) {
            case Alias.Network(var network) -> !node.within(network).isEmpty() || routes(node);
            case Alias.Internet internet -> routes(node);
            case Alias.Everything everything -> true;
            case Alias.Anyone anyone -> true;
            case Alias.Self self -> false;
            case Alias.Users users -> directory.means(to, node.owner());
            case Alias.Tag tag -> directory.means(to, node.owner());
            case Alias.Members members -> directory.means(to, node.owner());
            case Alias.Tagged tagged -> directory.means(to, node.owner());
        };
    }

    private boolean routes(Standing node) {
        return to instanceof Alias.Network(var network)
                ? node.serves(network)
                        || node.exit() && opens instanceof Packets && Networks.isInternet(network)
                : to instanceof Alias.Internet && node.exit();
    }

    /// Whether a router with these tags may carry it.
    boolean goesBy(Set<String> tags) {
        return via.isEmpty() || via.stream().anyMatch(tags::contains);
    }

    /// Whether something behind this route is among its sources.
    boolean comesFrom(IpPrefix route) {
        return opens instanceof Packets
                && from.stream()
                        .anyMatch(alias ->
                                alias instanceof Alias.Network(var network)
                                        ? Networks.overlap(network, route)
                                        : alias instanceof Alias.Everything
                                                || alias instanceof Alias.Anyone);
    }

    /// What is allowed.
    sealed interface Opens {}

    /// Packets.
    ///
    /// @param protocols IP protocol numbers, empty: TCP, UDP and ICMP
    record Packets(List<Long> protocols, List<PortRange> ports) implements Opens {
        Packets {
            protocols = List.copyOf(protocols);
            ports = List.copyOf(ports);
        }
    }

    /// Capabilities at the destination, by name, with what the applications there read in them.
    record Capabilities(Map<String, @Nullable List<RawJson>> byName) implements Opens {}
}
