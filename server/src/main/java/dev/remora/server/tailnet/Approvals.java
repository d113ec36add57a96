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

    Node approve(Edit edit, Node node) {
        return approve(edit, node, rules::autoApproves);
    }

    /// By a policy that is not in force yet.
    static Node approve(Edit edit, Node node, BiPredicate<Node, IpPrefix> approves) {
        Set<IpPrefix> approved = new HashSet<>(node.approvedRoutes());
        for (IpPrefix route : node.report().announcedRoutes()) {
            if (!approved.contains(route) && approves.test(node, route)) {
                approved.add(route);
            }
        }
        Set<IpPrefix> both = bothExits(approved);
        if (both.equals(node.approvedRoutes())) {
            return node;
        }
        edit.note(
                Actor.SERVER,
                "node "
                        + node.name().label()
                        + " has the approved routes "
                        + text(both)
                        + " by the policy");
        return node.withApprovedRoutes(both);
    }

    /// As the audit log has them.
    static String text(Set<IpPrefix> routes) {
        return routes.stream().map(Object::toString).sorted().toList().toString();
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
