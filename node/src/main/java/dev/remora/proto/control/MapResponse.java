package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One message of the map stream. Absent is `null` and mostly means: as before.
///
/// @param keepAlive a sign of life and nothing else
/// @param peers all peers; an empty list means the same as none
/// @param onlineChange by node id in decimal
/// @param peerSeenChange by node id in decimal
/// @param packetFilter the rule set `base`
/// @param packetFilters rule sets by name; a name with `null` is deleted, `*` with `null` clears first
/// @param sshPolicy kept as JSON, for whoever serves SSH
/// @param displayMessages by id; `null` deletes, `*` with `null` clears first
/// @param controlTime the server's clock
@Json
public record MapResponse(
        @Property("MapSessionHandle") @Nullable String mapSessionHandle,
        @Property("Seq") long seq,
        @Property("KeepAlive") boolean keepAlive,
        @Property("PingRequest") @Nullable PingRequest pingRequest,
        @Property("PopBrowserURL") @Nullable String popBrowserUrl,
        @Property("Node") @Nullable NodeInfo node,
        @Property("DERPMap") @Nullable DerpMapInfo derpMap,
        @Property("Peers") @Nullable List<NodeInfo> peers,
        @Property("PeersChanged") @Nullable List<NodeInfo> peersChanged,
        @Property("PeersRemoved") @Nullable List<Long> peersRemoved,
        @Property("PeersChangedPatch") @Nullable List<PeerChange> peersChangedPatch,
        @Property("PeerSeenChange") @Nullable Map<String, Boolean> peerSeenChange,
        @Property("OnlineChange") @Nullable Map<String, Boolean> onlineChange,
        @Property("DNSConfig") @Nullable DnsConfig dnsConfig,
        @Property("Domain") @Nullable String domain,
        @Property("CollectServices") @Nullable Boolean collectServices,
        @Property("PacketFilter") @Nullable List<FilterRule> packetFilter,
        @Property("PacketFilters") @Nullable Map<String, @Nullable List<FilterRule>> packetFilters,
        @Property("UserProfiles") @Nullable List<UserProfile> userProfiles,
        @Property("Health") @Nullable List<String> health,
        @Property("DisplayMessages")
                @Nullable Map<String, @Nullable DisplayMessage> displayMessages,
        @Property("SSHPolicy") @Nullable RawJson sshPolicy,
        @Property("ControlTime") @Nullable Instant controlTime,
        @Property("TKAInfo") @Nullable TkaInfo tkaInfo,
        @Property("DomainDataPlaneAuditLogID") @Nullable String domainDataPlaneAuditLogId,
        @Property("Debug") @Nullable DebugOrder debug,
        @Property("ControlDialPlan") @Nullable DialPlan controlDialPlan,
        @Property("ClientVersion") @Nullable ClientVersion clientVersion) {}
