package dev.remora.server.policy;

import dev.remora.base.IpPrefix;
import dev.remora.proto.control.FilterRule;
import dev.remora.proto.control.RawJson;
import dev.remora.server.model.Node;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What one node may know and let in. Immutable, and most of it shared with the nodes that are alike.
public final class View {
    private final IdSet visible;
    private final List<FilterRule> filter;
    private final Map<String, @Nullable List<RawJson>> attributes;
    private final List<Rule> rules;
    private final Signature signature;

    View(
            IdSet visible,
            List<FilterRule> filter,
            Map<String, @Nullable List<RawJson>> attributes,
            List<Rule> rules,
            Signature signature) {
        this.visible = visible;
        this.filter = filter;
        this.attributes = attributes;
        this.rules = rules;
        this.signature = signature;
    }

    /// Of a node that is not there.
    static View nothing() {
        BitSet none = new BitSet();
        return new View(
                new IdSet(new long[0], -1),
                List.of(),
                Map.of(),
                List.of(),
                new Signature(none, none, none, none, -1, none));
    }

    /// What this node lets in; empty: nothing.
    public List<FilterRule> filter() {
        return filter;
    }

    /// Whether this node may know another.
    public boolean sees(long nodeId) {
        return visible.has(nodeId);
    }

    /// The nodes that this node may know, without itself, in the order of their ids.
    public Set<Long> visible() {
        return Collections.unmodifiableSet(visible);
    }

    /// Whether packets between this node and what is behind a router's approved route may pass, whoever begins; for an exit
    /// route, whether this node may go to the Internet there.
    public boolean mayUse(Node router, IpPrefix route) {
        Set<String> tags = router.owner().tags();
        return any(signature.may(), rule -> rule.leadsTo(route) && rule.goesBy(tags))
                || route.bits() > 0 && any(signature.reached(), rule -> rule.comesFrom(route));
    }

    /// Whether this node's way to a route is this router's even when another one is primary, as a grant with `via` can
    /// ask for. Of several such routers the one with the lowest id is meant.
    public boolean steers(Node router, IpPrefix route) {
        Set<String> tags = router.owner().tags();
        return any(
                        signature.may(),
                        rule -> rule.leadsTo(route) && !rule.via().isEmpty() && rule.goesBy(tags))
                && !any(signature.may(), rule -> rule.leadsTo(route) && rule.via().isEmpty());
    }

    /// What the policy adds to the node's own capabilities; the values are `null`.
    public Map<String, @Nullable List<RawJson>> attributes() {
        return attributes;
    }

    private boolean any(BitSet which, Predicate<Rule> condition) {
        return which.stream().mapToObj(rules::get).anyMatch(condition);
    }
}
