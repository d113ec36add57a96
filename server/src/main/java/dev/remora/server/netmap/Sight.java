package dev.remora.server.netmap;

import dev.remora.proto.control.FilterRule;
import dev.remora.proto.control.RawJson;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the policy lets one node know and let in. Immutable, and for nodes that are alike the same.
public interface Sight {
    /// The rules for what comes in; none: nothing comes in.
    List<FilterRule> filter();

    /// Symmetric: whom a node sees, by him it is seen. Never the node itself.
    boolean sees(long node);

    /// Everybody it sees.
    Set<Long> visible();

    /// What the policy lets the viewer do beyond what every node may.
    Map<String, List<RawJson>> attributes();
}
