package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;

/// Ports from the first to the last, both included. 0 to 65535 means any.
@Json
public record PortRange(@Property("First") long first, @Property("Last") long last) {}
