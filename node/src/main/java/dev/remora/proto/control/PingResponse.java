package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// How one way of pinging a peer went.
///
/// @param type `disco`, `TSMP`, `ICMP` or `peerapi`
/// @param err not empty: why there was no pong
/// @param endpoint the direct path taken, if any
@Json
public record PingResponse(
        @Property("Type") String type,
        @Property("IP") @Nullable String ip,
        @Property("NodeIP") @Nullable String nodeIp,
        @Property("NodeName") @Nullable String nodeName,
        @Property("Err") @Nullable String err,
        @Property("LatencySeconds") @Nullable Double latencySeconds,
        @Property("Endpoint") @Nullable String endpoint,
        @Property("DERPRegionID") @Nullable Long derpRegionId,
        @Property("DERPRegionCode") @Nullable String derpRegionCode,
        @Property("PeerAPIPort") @Nullable Long peerApiPort,
        @Property("IsLocalIP") @Nullable Boolean isLocalIp) {}
