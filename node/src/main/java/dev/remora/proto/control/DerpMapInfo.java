package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The relays, as the map tells them.
///
/// @param homeParams absent: as before
/// @param regions by number in decimal; absent: as before; a `null` region is switched off
@Json
public record DerpMapInfo(
        @Property("HomeParams") @Nullable DerpHomeParams homeParams,
        @Property("Regions") @Nullable Map<String, @Nullable DerpRegionInfo> regions,
        @Property("omitDefaultRegions") boolean omitDefaultRegions) {}
