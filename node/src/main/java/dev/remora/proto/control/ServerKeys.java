package dev.remora.proto.control;

import dev.remora.crypto.MachineKey;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// The answer to `GET /key`.
///
/// @param publicKey whom to expect at the other end of Noise; absent or zero: a server from before Noise
@Json
public record ServerKeys(
        @Property("legacyPublicKey") @Nullable MachineKey legacyPublicKey,
        @Property("publicKey") @Nullable MachineKey publicKey) {}
