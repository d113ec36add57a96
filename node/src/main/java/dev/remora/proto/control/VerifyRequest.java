package dev.remora.proto.control;

import dev.remora.crypto.NodeKey;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// A relay asks its control server, by `POST /verify`, whether a client is a member.
///
/// @param source where the client connects from
@Json
public record VerifyRequest(
        @Property("NodePublic") @Nullable NodeKey nodePublic,
        @Property("Source") @Nullable String source) {}
