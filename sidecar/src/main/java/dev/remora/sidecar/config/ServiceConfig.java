package dev.remora.sidecar.config;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What this node offers for a service with addresses of its own.
///
/// @param tun deliver packets to the system instead of serving
@Json
public record ServiceConfig(
        @Property("TCP") @Nullable Map<String, TcpPortHandler> tcp,
        @Property("Web") @Nullable Map<String, WebServerConfig> web,
        @Property("Tun") @Nullable Boolean tun) {}
