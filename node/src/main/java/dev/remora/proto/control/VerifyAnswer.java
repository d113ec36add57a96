package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;

/// The answer to a [VerifyRequest].
@Json
public record VerifyAnswer(@Property("Allow") boolean allow) {}
