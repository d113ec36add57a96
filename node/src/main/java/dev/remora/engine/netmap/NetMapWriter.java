package dev.remora.engine.netmap;

import dev.remora.base.IpAddress;
import dev.remora.proto.control.DerpHomeParams;
import dev.remora.proto.control.DerpMapInfo;
import dev.remora.proto.control.DerpNodeInfo;
import dev.remora.proto.control.DerpRegionInfo;
import dev.remora.proto.control.MapResponse;
import dev.remora.proto.control.NodeInfo;
import dev.remora.proto.control.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Writes a map as the one message that a server would begin a stream with, so that it can be kept and read again.
final class NetMapWriter {
    /// How a relay's address says that there is none in this family.
    private static final String NO_ADDRESS = "none";

    private static final int NO_STUN = -1;

    private NetMapWriter() {}

    static MapResponse message(NetMap map) {
        return new MapResponse(
                null,
                0,
                false,
                null,
                null,
                node(map.self()),
                derpMap(map.derpMap()),
                map.peers().all().stream().map(NetMapWriter::node).toList(),
                null,
                null,
                null,
                null,
                null,
                map.dns(),
                map.domain(),
                map.collectServices(),
                null,
                new TreeMap<>(map.filters()),
                List.copyOf(map.users().values()),
                map.health(),
                new TreeMap<>(map.displayMessages()),
                map.sshPolicy().orElse(null),
                null,
                map.tailnetLock().orElse(null),
                map.auditLogId(),
                null,
                null,
                null);
    }

    private static NodeInfo node(Node node) {
        return new NodeInfo(
                node.id().value(),
                node.stableId().value(),
                node.name(),
                node.user().value(),
                node.sharer().map(UserId::value).orElse(null),
                node.key(),
                node.keyExpiry().orElse(null),
                node.keySignature().orElse(null),
                node.machine().orElse(null),
                node.discoKey().orElse(null),
                node.addresses(),
                node.allowedIps(),
                node.endpoints(),
                null,
                node.homeDerp().map(DerpRegionId::value).orElse(0),
                node.hostInfo(),
                node.created().orElse(null),
                node.capabilityVersion(),
                node.tags(),
                node.primaryRoutes(),
                node.lastSeen().orElse(null),
                node.online().orElse(null),
                node.machineAuthorized(),
                null,
                capabilities(node.capabilities()),
                orAbsent(node.unsigned()),
                null,
                orAbsent(node.endedByServer()),
                node.masqueradeV4().orElse(null),
                node.masqueradeV6().orElse(null),
                orAbsent(node.wireGuardOnly()),
                orAbsent(node.jailed()),
                node.exitNodeResolvers());
    }

    private static @Nullable Boolean orAbsent(boolean flag) {
        return flag ? true : null;
    }

    private static Map<String, @Nullable List<RawJson>> capabilities(
            Map<NodeCapability, List<RawJson>> capabilities) {
        Map<String, @Nullable List<RawJson>> wire = new TreeMap<>();
        capabilities.forEach((name, values) -> wire.put(name.name(), values));
        return wire;
    }

    private static DerpMapInfo derpMap(DerpMap map) {
        Map<String, @Nullable DerpRegionInfo> regions = new TreeMap<>();
        map.regions().forEach((id, region) -> regions.put(text(id), region(region)));
        Map<String, @Nullable Double> scores = new TreeMap<>();
        map.homeScores().forEach((id, score) -> scores.put(text(id), score));
        return new DerpMapInfo(new DerpHomeParams(scores), regions, map.omitDefaultRegions());
    }

    private static String text(DerpRegionId id) {
        return Integer.toString(id.value());
    }

    private static DerpRegionInfo region(DerpRegion region) {
        List<DerpNodeInfo> nodes = new ArrayList<>();
        region.nodes().forEach(node -> nodes.add(relay(node)));
        return new DerpRegionInfo(
                region.id().value(),
                region.code(),
                region.name(),
                null,
                null,
                region.avoid(),
                region.noMeasureNoHome(),
                nodes);
    }

    private static DerpNodeInfo relay(DerpNode node) {
        return new DerpNodeInfo(
                node.name(),
                node.region().value(),
                node.hostName(),
                node.certName().orElse(null),
                address(node.ipv4()),
                address(node.ipv6()),
                node.stunPort().orElse(NO_STUN),
                node.stunOnly(),
                node.derpPort(),
                node.insecureForTests(),
                node.stunTestIp().map(IpAddress::toString).orElse(null),
                node.canPort80());
    }

    private static String address(DerpAddress address) {
        return switch (address) {
            case DerpAddress.ByName _ -> "";
            case DerpAddress.Fixed(var ip) -> ip.toString();
            case DerpAddress.Off _ -> NO_ADDRESS;
        };
    }
}
