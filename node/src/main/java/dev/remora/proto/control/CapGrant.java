package dev.remora.proto.control;

import dev.remora.base.IpPrefix;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Capabilities that sources get towards these destinations.
///
/// @param caps the old form, without values
@Json
public record CapGrant(
        @Property("Dsts") @Nullable List<IpPrefix> dsts,
        @Property("Caps") @Nullable List<String> caps,
        @Property("CapMap") @Nullable Map<String, @Nullable List<RawJson>> capMap) {}
