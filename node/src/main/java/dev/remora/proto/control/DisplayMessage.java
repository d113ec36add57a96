package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// Something the server wants the user to read.
///
/// @param severity `high`, `medium` or `low`
@Json
public record DisplayMessage(
        @Property("Title") @Nullable String title,
        @Property("Text") @Nullable String text,
        @Property("Severity") @Nullable String severity,
        @Property("ImpactsConnectivity") boolean impactsConnectivity,
        @Property("PrimaryAction") @Nullable DisplayAction primaryAction) {}
