package dev.remora.server.policy;

import dev.remora.base.IpPrefix;
import dev.remora.server.model.Node;
import dev.remora.server.model.User;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// A policy applied to the users and nodes there are. Not safe for several threads; what it returns is immutable.
///
/// When users come, go or are renamed, make a new one.
public final class AccessRules {
    private final Map<Long, Node> nodes = new HashMap<>();

    private AccessRules() {}

    /// A policy that is to come into force.
    ///
    /// @throws PolicyException a name in it means several users, or one of its own `tests` fails
    public static AccessRules of(Policy policy, Collection<User> users, Collection<Node> nodes)
            throws PolicyException {
        return inForce(policy, users, nodes);
    }

    /// A policy that is in force already: its tests are not run again, and a name that has come to mean several users
    /// means nobody.
    public static AccessRules inForce(
            Policy policy, Collection<User> users, Collection<Node> nodes) {
        AccessRules rules = new AccessRules();
        nodes.forEach(rules::put);
        return rules;
    }

    /// A node that is new or has changed.
    ///
    /// @return the nodes whose view is now another, this one among them if it is so
    public Set<Long> put(Node node) {
        return nodes.put(node.id(), node) == null ? Set.copyOf(nodes.keySet()) : Set.of();
    }

    /// A node that is no more.
    ///
    /// @return the other nodes whose view is now another
    public Set<Long> remove(long id) {
        return nodes.remove(id) == null ? Set.of() : Set.copyOf(nodes.keySet());
    }

    /// What a node may know and let in; for a node that is not there, nothing.
    public View view(long nodeId) {
        Set<Long> visible = new HashSet<>(nodes.keySet());
        return new View(visible.remove(nodeId) ? Set.copyOf(visible) : Set.of());
    }

    /// Whether a user may give a node this tag.
    public boolean mayTag(User user, String tag) {
        return false;
    }

    /// Whether a tagged node may take this tag, since one of its own owns it.
    public boolean mayTag(Node node, String tag) {
        return false;
    }

    /// Whether the policy names an owner for this tag, or at least the tag.
    public boolean knowsTag(String tag) {
        return false;
    }

    /// Whether a node's announced route needs nobody's approval.
    public boolean autoApproves(Node node, IpPrefix route) {
        return false;
    }
}
