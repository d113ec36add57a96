package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;

/// How a node shows that it may register.
@Json
public record RegisterAuth(@Property("AuthKey") AuthKey authKey) {}
