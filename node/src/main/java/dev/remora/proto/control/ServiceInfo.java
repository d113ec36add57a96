package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// A service that a node says it offers.
///
/// @param proto `tcp`, `udp`, `peerapi4`, `peerapi6` or `peerapi-dns-proxy`
@Json
public record ServiceInfo(
        @Property("Proto") String proto,
        @Property("Port") long port,
        @Property("Description") @Nullable String description) {}
