package dev.remora.engine.netmap;

import java.util.List;

/// A group of relay servers that stand together and forward to each other.
///
/// @param code a short name such as `fra`
/// @param avoid never to be chosen as home while there is another
/// @param noMeasureNoHome not to be probed and never anybody's home; still good for reaching a peer
///     that waits there
/// @param nodes in the order in which to try them
public record DerpRegion(
        DerpRegionId id,
        String code,
        String name,
        boolean avoid,
        boolean noMeasureNoHome,
        List<DerpNode> nodes) {
    public DerpRegion {
        nodes = List.copyOf(nodes);
    }
}
