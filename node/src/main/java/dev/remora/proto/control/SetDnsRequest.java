package dev.remora.proto.control;

import dev.remora.crypto.NodeKey;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;

/// `POST /machine/set-dns`: publish a record, for a certificate authority to see.
@Json
public record SetDnsRequest(
        @Property("Version") long version,
        @Property("NodeKey") NodeKey nodeKey,
        @Property("Name") String name,
        @Property("Type") String type,
        @Property("Value") String value) {}
