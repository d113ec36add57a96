package dev.remora.proto.control;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.NodeKey;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A node as the map tells it.
///
/// @param name fully qualified, with the final dot
/// @param user who made it; says nothing for a tagged node
/// @param sharer who shared it into this tailnet
/// @param keyExpiry absent or of the year 1: never
/// @param allowedIps absent: the same as `addresses`; empty: nothing is routed to it
/// @param derp the home region in its old form, `127.3.3.40:<region>`
/// @param homeDerp the home region, 0 if unknown
/// @param cap the protocol level the node speaks
/// @param online absent: not known, or not for us to know
/// @param capMap what the node may do; values may be absent
/// @param unsignedPeerApiOnly not signed by tailnet lock
/// @param selfNodeV4MasqAddrForThisPeer the address this peer knows us by, instead of our own
/// @param isWireGuardOnly speaks neither disco nor DERP
/// @param isJailed may answer us, but open nothing towards us
@Json
public record NodeInfo(
        @Property("ID") long id,
        @Property("StableID") @Nullable String stableId,
        @Property("Name") @Nullable String name,
        @Property("User") long user,
        @Property("Sharer") @Nullable Long sharer,
        @Property("Key") @Nullable NodeKey key,
        @Property("KeyExpiry") @Nullable Instant keyExpiry,
        @Property("KeySignature") @Nullable String keySignature,
        @Property("Machine") @Nullable MachineKey machine,
        @Property("DiscoKey") @Nullable DiscoKey discoKey,
        @Property("Addresses") @Nullable List<IpPrefix> addresses,
        @Property("AllowedIPs") @Nullable List<IpPrefix> allowedIps,
        @Property("Endpoints") @Nullable List<IpPort> endpoints,
        @Property("DERP") @Nullable String derp,
        @Property("HomeDERP") long homeDerp,
        @Property("Hostinfo") @Nullable HostInfo hostInfo,
        @Property("Created") @Nullable Instant created,
        @Property("Cap") long cap,
        @Property("Tags") @Nullable List<String> tags,
        @Property("PrimaryRoutes") @Nullable List<IpPrefix> primaryRoutes,
        @Property("LastSeen") @Nullable Instant lastSeen,
        @Property("Online") @Nullable Boolean online,
        @Property("MachineAuthorized") boolean machineAuthorized,
        @Property("Capabilities") @Nullable List<String> capabilities,
        @Property("CapMap") @Nullable Map<String, @Nullable List<RawJson>> capMap,
        @Property("UnsignedPeerAPIOnly") @Nullable Boolean unsignedPeerApiOnly,
        @Property("DataPlaneAuditLogID") @Nullable String dataPlaneAuditLogId,
        @Property("Expired") @Nullable Boolean expired,
        @Property("SelfNodeV4MasqAddrForThisPeer")
                @Nullable IpAddress selfNodeV4MasqAddrForThisPeer,
        @Property("SelfNodeV6MasqAddrForThisPeer")
                @Nullable IpAddress selfNodeV6MasqAddrForThisPeer,
        @Property("IsWireGuardOnly") @Nullable Boolean isWireGuardOnly,
        @Property("IsJailed") @Nullable Boolean isJailed,
        @Property("ExitNodeDNSResolvers") @Nullable List<DnsResolver> exitNodeDnsResolvers) {}
