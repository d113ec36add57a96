package dev.remora.sidecar.config;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is served at one mount point of a web server.
@Json
public record HttpHandler(
        @Property("Path") @Nullable String path,
        @Property("Proxy") @Nullable String proxy,
        @Property("Text") @Nullable String text,
        @Property("AcceptAppCaps") @Nullable List<String> acceptAppCaps,
        @Property("Redirect") @Nullable String redirect) {}
