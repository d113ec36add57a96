package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// The server wants a sign of life, a ping of a peer, or an answer to a request of its own.
///
/// @param url where the answer goes; differs from request to request
/// @param urlIsNoise answer inside Noise, not over ordinary HTTPS
/// @param types empty: just answer; `c2n`: the payload is a request; else a list of ways to ping `ip`
/// @param ip the peer to ping, or empty
/// @param payload base64 of an HTTP/1 request
@Json
public record PingRequest(
        @Property("URL") @Nullable String url,
        @Property("URLIsNoise") boolean urlIsNoise,
        @Property("Log") boolean log,
        @Property("Types") @Nullable String types,
        @Property("IP") @Nullable String ip,
        @Property("Payload") @Nullable String payload) {}
