package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A user of the tailnet, as registration tells it.
@Json
public record UserInfo(
        @Property("ID") long id,
        @Property("DisplayName") @Nullable String displayName,
        @Property("ProfilePicURL") @Nullable String profilePicUrl,
        @Property("Created") @Nullable Instant created) {}
