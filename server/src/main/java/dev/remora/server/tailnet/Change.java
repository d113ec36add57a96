package dev.remora.server.tailnet;

import java.util.Set;

/// What is different now. Says which node or user, not what it is like: whoever hears of it reads the newest state.
public sealed interface Change {
    /// A node came or, after a while of grace, went.
    record Presence(long node, boolean online) implements Change {}

    /// What a short patch can tell a node's peers.
    record Patched(long node, Set<Part> parts) implements Change {
        public Patched {
            parts = Set.copyOf(parts);
        }
    }

    /// Peers need the whole node; also when it asks for its first map and so becomes reachable.
    record NodeChanged(long node) implements Change {}

    /// The node needs its own description again.
    record SelfChanged(long node) implements Change {}

    record Removed(long node) implements Change {}

    /// What these nodes may see, let in or do may be another.
    record ViewsChanged(Set<Long> viewers) implements Change {
        public ViewsChanged {
            viewers = Set.copyOf(viewers);
        }
    }

    record UserChanged(long user) implements Change {}

    record DnsChanged() implements Change {}

    record DerpMapChanged() implements Change {}

    /// Parts of a node that change without the rest.
    enum Part {
        NODE_KEY,
        DISCO_KEY,
        KEY_EXPIRY,
        ENDPOINTS,
        HOME_DERP,
        CAP
    }
}
