package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How to weigh the regions against each other.
///
/// @param regionScore factors on measured latency, by region number in decimal; absent: as before
@Json
public record DerpHomeParams(
        @Property("RegionScore") @Nullable Map<String, @Nullable Double> regionScore) {}
