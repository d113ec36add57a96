package dev.remora.engine.netmap;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The relays there are.
///
/// @param regions by their number, in that order
/// @param homeScores factors on a region's measured latency when a home is chosen; a region without
///     one has 1, and none is zero or less
/// @param omitDefaultRegions the tailnet wants no regions but these
public record DerpMap(
        Map<DerpRegionId, DerpRegion> regions,
        Map<DerpRegionId, Double> homeScores,
        boolean omitDefaultRegions) {
    public static final DerpMap EMPTY = new DerpMap(Map.of(), Map.of(), false);

    public DerpMap {
        regions = Collections.unmodifiableMap(new TreeMap<>(regions));
        homeScores = Collections.unmodifiableMap(new TreeMap<>(homeScores));
    }

    public Optional<DerpRegion> region(DerpRegionId id) {
        return Optional.ofNullable(regions.get(id));
    }

    public Collection<DerpRegion> all() {
        return regions.values();
    }

    /// What to multiply the latency of this region with when choosing a home.
    public double homeScore(DerpRegionId id) {
        return homeScores.getOrDefault(id, 1.0);
    }
}
