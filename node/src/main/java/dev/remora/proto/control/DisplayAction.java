package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// What to do about a message.
@Json
public record DisplayAction(
        @Property("URL") @Nullable String url, @Property("Label") @Nullable String label) {}
