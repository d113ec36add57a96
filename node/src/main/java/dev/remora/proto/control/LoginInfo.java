package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// How the user proved who they are.
@Json
public record LoginInfo(
        @Property("ID") long id,
        @Property("Provider") @Nullable String provider,
        @Property("LoginName") @Nullable String loginName,
        @Property("DisplayName") @Nullable String displayName,
        @Property("ProfilePicURL") @Nullable String profilePicUrl) {}
