package dev.remora.server.tailnet;

import dev.remora.base.IpPrefix;
import dev.remora.server.model.Node;
import dev.remora.server.model.User;
import dev.remora.server.policy.AccessRules;
import dev.remora.server.policy.Problem;
import dev.remora.server.policy.View;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The policy in force, for any thread. Views are made when somebody asks, and kept until they are another.
///
/// Its lock is never held while the storage writes, so readers do not wait for a disk.
final class Rules {
    private final Map<Long, View> views = new HashMap<>();
    private AccessRules rules;

    Rules(AccessRules rules) {
        this.rules = rules;
    }

    /// @return whose view is now another
    synchronized Set<Long> put(Node node) {
        return forget(rules.put(node));
    }

    synchronized Set<Long> remove(long id) {
        views.remove(id);
        return forget(rules.remove(id));
    }

    private Set<Long> forget(Set<Long> changed) {
        views.keySet().removeAll(changed);
        return changed;
    }

    /// Another policy, or the same for other users.
    ///
    /// @return who may have another view now: everybody who is in it
    synchronized Set<Long> replace(AccessRules next, Set<Long> nodes) {
        rules = next;
        views.clear();
        return new HashSet<>(nodes);
    }

    synchronized List<Problem> remarks() {
        return rules.remarks();
    }

    synchronized View view(long id) {
        return views.computeIfAbsent(id, rules::view);
    }

    synchronized boolean mayTag(User user, String tag) {
        return rules.mayTag(user, tag);
    }

    synchronized boolean knowsTag(String tag) {
        return rules.knowsTag(tag);
    }

    synchronized boolean autoApproves(Node node, IpPrefix route) {
        return rules.autoApproves(node, route);
    }
}
