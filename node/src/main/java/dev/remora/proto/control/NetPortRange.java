package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// A destination: addresses in any form a rule's sources have but `cap:`, and ports.
///
/// @param bits of the distant past; its presence empties the whole filter
@Json
public record NetPortRange(
        @Property("IP") @Nullable String ip,
        @Property("Bits") @Nullable Long bits,
        @Property("Ports") @Nullable PortRange ports) {}
