package dev.remora.server.policy;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// All that rules see of a node.
///
/// @param addresses its own, IPv4 first
/// @param subnets the routes that it announces and that are approved, without those of an exit node
/// @param exit whether it is an approved exit node
record Standing(
        long id, Owner owner, List<IpAddress> addresses, Set<IpPrefix> subnets, boolean exit) {
    Standing {
        subnets = Set.copyOf(subnets);
    }

    static Standing of(Node node) {
        Set<IpPrefix> announced = new HashSet<>();
        node.report().announcedRoutes().forEach(route -> announced.add(route.masked()));
        Set<IpPrefix> subnets = new HashSet<>();
        boolean exit = false;
        for (IpPrefix route : node.approvedRoutes()) {
            if (announced.contains(route.masked())) {
                exit |= route.bits() == 0;
                if (route.bits() > 0) {
                    subnets.add(route.masked());
                }
            }
        }
        List<IpAddress> addresses = List.of(node.addresses().ipv4(), node.addresses().ipv6());
        return new Standing(node.id(), node.owner(), addresses, subnets, exit);
    }

    boolean serves(IpPrefix network) {
        return subnets.stream().anyMatch(subnet -> Networks.overlap(subnet, network));
    }

    /// Its own addresses within a network.
    List<IpAddress> within(IpPrefix network) {
        return addresses.stream().filter(network::contains).toList();
    }

    /// Its own addresses as prefixes.
    List<IpPrefix> singles() {
        List<IpPrefix> singles = new ArrayList<>();
        addresses.forEach(ip -> singles.add(IpPrefix.single(ip)));
        return singles;
    }
}
