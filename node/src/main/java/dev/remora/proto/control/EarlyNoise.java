package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// What a server may say inside Noise before HTTP/2 starts. Nobody uses the challenge today.
@Json
public record EarlyNoise(@Property("nodeKeyChallenge") @Nullable String nodeKeyChallenge) {}
