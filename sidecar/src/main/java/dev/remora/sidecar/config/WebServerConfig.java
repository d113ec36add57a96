package dev.remora.sidecar.config;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One virtual host: handlers by mount point.
@Json
public record WebServerConfig(@Property("Handlers") @Nullable Map<String, HttpHandler> handlers) {}
