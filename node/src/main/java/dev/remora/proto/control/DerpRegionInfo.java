package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One relay region.
@Json
public record DerpRegionInfo(
        @Property("RegionID") long regionId,
        @Property("RegionCode") @Nullable String regionCode,
        @Property("RegionName") @Nullable String regionName,
        @Property("Latitude") @Nullable Double latitude,
        @Property("Longitude") @Nullable Double longitude,
        @Property("Avoid") boolean avoid,
        @Property("NoMeasureNoHome") boolean noMeasureNoHome,
        @Property("Nodes") @Nullable List<DerpNodeInfo> nodes) {
    /// The same region of other relays.
    public DerpRegionInfo withNodes(List<DerpNodeInfo> others) {
        return new DerpRegionInfo(
                regionId,
                regionCode,
                regionName,
                latitude,
                longitude,
                avoid,
                noMeasureNoHome,
                others);
    }
}
