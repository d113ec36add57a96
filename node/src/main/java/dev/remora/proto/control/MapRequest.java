package dev.remora.proto.control;

import dev.remora.base.IpPort;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.NodeKey;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Alias;
import io.avaje.jsonb.Json.Property;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `POST /machine/map`. With `stream` it opens the flow of map responses; with `omitPeers` and no
/// `stream` it only tells the server about us.
///
/// Always complete: some servers store every request's values, others only those without `stream`.
///
/// The client written in Rust has other capitals in some names, here and below, as Go's reader allows.
///
/// @param compress `zstd`, or absent for plain JSON
/// @param keepAlive send a sign of life about every minute
/// @param endpointTypes what kind each endpoint is, see [EndpointType#code()]
/// @param tkaHead where our tailnet lock stands, base32
/// @param readOnly of old debugging tools: look, and have nothing kept
@Json
public record MapRequest(
        @Property("Version") long version,
        @Property("Compress") @Nullable String compress,
        @Property("KeepAlive") boolean keepAlive,
        @Property("NodeKey") NodeKey nodeKey,
        @Property("DiscoKey") DiscoKey discoKey,
        @Property("Stream") boolean stream,
        @Property("Hostinfo") @Alias("HostInfo") HostInfo hostInfo,
        @Property("Endpoints") @Nullable List<IpPort> endpoints,
        @Property("EndpointTypes") @Nullable List<Long> endpointTypes,
        @Property("TKAHead") @Nullable String tkaHead,
        @Property("OmitPeers") boolean omitPeers,
        @Property("DebugFlags") @Nullable List<String> debugFlags,
        @Property("ReadOnly") boolean readOnly) {}
