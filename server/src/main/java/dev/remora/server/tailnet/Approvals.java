package dev.remora.server.tailnet;

import dev.remora.base.IpPrefix;
import dev.remora.server.model.Node;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiPredicate;

/// Routes that the policy approves by itself. It only ever adds: what a person approved stays.
final class Approvals {
    private final Rules rules;

    Approvals(Rules rules) {
        this.rules = rules;
    }

    Node approve(Node node) {
        return approve(node, rules::autoApproves);
    }

    /// By a policy that is not in force yet.
    static Node approve(Node node, BiPredicate<Node, IpPrefix> approves) {
        Set<IpPrefix> approved = new HashSet<>(node.approvedRoutes());
        for (IpPrefix route : node.report().announcedRoutes()) {
            if (!approved.contains(route) && approves.test(node, route)) {
                approved.add(route);
            }
        }
        Set<IpPrefix> both = bothExits(approved);
        return both.equals(node.approvedRoutes()) ? node : node.withApprovedRoutes(both);
    }

    /// An exit node is one for IPv4 and IPv6: to approve one half is to approve both.
    static Set<IpPrefix> bothExits(Set<IpPrefix> approved) {
        Set<IpPrefix> both = new HashSet<>(approved);
        if (Routers.EXIT.stream().anyMatch(approved::contains)) {
            both.addAll(Routers.EXIT);
        }
        return both;
    }
}
