package dev.remora.server.policy;

import dev.remora.base.IpPrefix;
import dev.remora.proto.control.FilterRule;
import dev.remora.proto.control.NetPortRange;
import dev.remora.proto.control.PortRange;
import dev.remora.proto.control.RawJson;
import dev.remora.server.model.Node;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one node may know and let in. Immutable.
public final class View {
    private static final List<FilterRule> ALL =
            List.of(
                    new FilterRule(
                            List.of("*"),
                            null,
                            List.of(new NetPortRange("*", null, new PortRange(0, 65535))),
                            null,
                            null));

    private final Set<Long> visible;

    View(Set<Long> visible) {
        this.visible = visible;
    }

    /// What this node lets in; empty: nothing.
    public List<FilterRule> filter() {
        return ALL;
    }

    /// Whether this node may know another.
    public boolean sees(long nodeId) {
        return visible.contains(nodeId);
    }

    /// The nodes that this node may know, without itself.
    public Set<Long> visible() {
        return visible;
    }

    /// Whether packets between this node and what is behind a router's approved route may pass; also for exit routes.
    public boolean mayUse(Node router, IpPrefix route) {
        return sees(router.id());
    }

    /// Whether this node's way to a route is this router's even when another one is primary, as a grant with `via` can
    /// ask for. Of several such routers the one with the lowest id is meant.
    public boolean steers(Node router, IpPrefix route) {
        return false;
    }

    /// What the policy adds to the node's own capabilities; the values are `null`.
    public Map<String, @Nullable List<RawJson>> attributes() {
        return Map.of();
    }
}
