package dev.remora.proto.control;

import dev.remora.base.IpPort;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.NodeKey;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What changed about one peer. Members that are absent, and numbers that are 0, did not change.
@Json
public record PeerChange(
        @Property("NodeID") long nodeId,
        @Property("DERPRegion") @Nullable Long derpRegion,
        @Property("Cap") @Nullable Long cap,
        @Property("CapMap") @Nullable Map<String, @Nullable List<RawJson>> capMap,
        @Property("Endpoints") @Nullable List<IpPort> endpoints,
        @Property("Key") @Nullable NodeKey key,
        @Property("KeySignature") @Nullable String keySignature,
        @Property("DiscoKey") @Nullable DiscoKey discoKey,
        @Property("Online") @Nullable Boolean online,
        @Property("LastSeen") @Nullable Instant lastSeen,
        @Property("KeyExpiry") @Nullable Instant keyExpiry) {}
