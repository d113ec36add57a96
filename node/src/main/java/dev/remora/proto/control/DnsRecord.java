package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// A record of the tailnet's own. Without a type it is A or AAAA, as the value says.
@Json
public record DnsRecord(
        @Property("Name") @Nullable String name,
        @Property("Type") @Nullable String type,
        @Property("Value") @Nullable String value) {}
