package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whose nodes these are: what the map says about a user.
@Json
public record UserProfile(
        @Property("ID") long id,
        @Property("LoginName") @Nullable String loginName,
        @Property("DisplayName") @Nullable String displayName,
        @Property("ProfilePicURL") @Nullable String profilePicUrl,
        @Property("Groups") @Nullable List<String> groups) {}
