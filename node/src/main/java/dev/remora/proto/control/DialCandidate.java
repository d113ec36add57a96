package dev.remora.proto.control;

import dev.remora.base.IpAddress;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// One way to reach the server.
///
/// @param ip dial this address instead of asking DNS
/// @param aceHost go through this proxy; we do not
/// @param dialStartDelaySec seconds before it is its turn
/// @param priority higher is better
@Json
public record DialCandidate(
        @Property("IP") @Nullable IpAddress ip,
        @Property("ACEHost") @Nullable String aceHost,
        @Property("DialStartDelaySec") double dialStartDelaySec,
        @Property("DialTimeoutSec") double dialTimeoutSec,
        @Property("Priority") long priority) {}
