package dev.remora.server.policy;

import java.util.List;
import java.util.Set;

/// Capabilities that some nodes get for themselves.
record NodeAttributes(List<Alias> targets, Set<String> names) {
    NodeAttributes {
        targets = List.copyOf(targets);
        names = Set.copyOf(names);
    }
}
