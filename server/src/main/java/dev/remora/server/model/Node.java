package dev.remora.server.model;

import dev.remora.base.IpPrefix;
import java.util.Set;

/// A member of the tailnet, as the server knows it now. Whether it is online is not part of it: that changes without
/// being kept.
///
/// @param id never used again for another node
/// @param approvedRoutes of the routes it may announce, those that an administrator or the policy has approved
public record Node(
        long id,
        Keys keys,
        Owner owner,
        Name name,
        Addresses addresses,
        Report report,
        Set<IpPrefix> approvedRoutes,
        Membership membership) {
    public Node {
        approvedRoutes = Set.copyOf(approvedRoutes);
    }

    public Node withKeys(Keys next) {
        return new Node(id, next, owner, name, addresses, report, approvedRoutes, membership);
    }

    public Node withOwner(Owner next) {
        return new Node(id, keys, next, name, addresses, report, approvedRoutes, membership);
    }

    public Node withName(Name next) {
        return new Node(id, keys, owner, next, addresses, report, approvedRoutes, membership);
    }

    public Node withReport(Report next) {
        return new Node(id, keys, owner, name, addresses, next, approvedRoutes, membership);
    }

    public Node withApprovedRoutes(Set<IpPrefix> next) {
        return new Node(id, keys, owner, name, addresses, report, next, membership);
    }

    public Node withMembership(Membership next) {
        return new Node(id, keys, owner, name, addresses, report, approvedRoutes, next);
    }
}
