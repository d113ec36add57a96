package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// Where the tailnet lock stands. Present and not disabled: it is on.
@Json
public record TkaInfo(
        @Property("Head") @Nullable String head, @Property("Disabled") boolean disabled) {}
