package dev.remora.sidecar.localapi;

import dev.remora.engine.netcheck.NatMapping;
import dev.remora.engine.netcheck.NetReport;
import dev.remora.engine.netmap.DerpAddress;
import dev.remora.engine.netmap.DerpMap;
import dev.remora.engine.netmap.DerpNode;
import dev.remora.engine.netmap.DerpRegion;
import dev.remora.engine.netmap.DerpRegionId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Relays, and what was found out about the network, as JSON.
public final class NetworkJson {
    private static final String OFF = "none";

    private NetworkJson() {}

    /// The relays there are, in the form in which the control server tells them.
    public static Map<String, @Nullable Object> derpMap(DerpMap map) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        if (!map.homeScores().isEmpty()) {
            Map<String, @Nullable Object> scores = new TreeMap<>();
            map.homeScores()
                    .forEach((id, score) -> scores.put(Integer.toString(id.value()), score));
            tree.put("HomeParams", Map.of("RegionScore", scores));
        }
        Map<String, @Nullable Object> regions = new LinkedHashMap<>();
        map.all()
                .forEach(region ->
                        regions.put(Integer.toString(region.id().value()), region(region)));
        tree.put("Regions", regions);
        if (map.omitDefaultRegions()) {
            tree.put("omitDefaultRegions", true);
        }
        return tree;
    }

    private static Map<String, @Nullable Object> region(DerpRegion region) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("RegionID", region.id().value());
        tree.put("RegionCode", region.code());
        tree.put("RegionName", region.name());
        putIf(tree, "Avoid", region.avoid());
        putIf(tree, "NoMeasureNoHome", region.noMeasureNoHome());
        tree.put("Nodes", region.nodes().stream().map(NetworkJson::node).toList());
        return tree;
    }

    private static Map<String, @Nullable Object> node(DerpNode node) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("Name", node.name());
        tree.put("RegionID", node.region().value());
        tree.put("HostName", node.hostName());
        node.certName().ifPresent(name -> tree.put("CertName", name));
        putAddress(tree, "IPv4", node.ipv4());
        putAddress(tree, "IPv6", node.ipv6());
        tree.put("STUNPort", node.stunPort().orElse(-1));
        putIf(tree, "STUNOnly", node.stunOnly());
        tree.put("DERPPort", node.derpPort());
        putIf(tree, "InsecureForTests", node.insecureForTests());
        node.stunTestIp().ifPresent(ip -> tree.put("STUNTestIP", ip.toString()));
        putIf(tree, "CanPort80", node.canPort80());
        return tree;
    }

    private static void putAddress(
            Map<String, @Nullable Object> tree, String name, DerpAddress address) {
        switch (address) {
            case DerpAddress.ByName() -> {}
            case DerpAddress.Fixed(var ip) -> tree.put(name, ip.toString());
            case DerpAddress.Off() -> tree.put(name, OFF);
        }
    }

    private static void putIf(Map<String, @Nullable Object> tree, String name, boolean value) {
        if (value) {
            tree.put(name, true);
        }
    }

    /// A network check, in the members of `tailscale netcheck --format=json`; latencies in nanoseconds.
    public static Map<String, @Nullable Object> report(NetReport report, Instant now) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("Now", now.toString());
        tree.put("UDP", report.udp());
        tree.put("IPv6", report.ipv6());
        tree.put("IPv4", report.ipv4());
        tree.put("IPv6CanSend", report.ipv6CanSend());
        tree.put("IPv4CanSend", report.ipv4CanSend());
        tree.put("OSHasIPv6", report.osHasIpv6());
        tree.put("ICMPv4", false);
        tree.put(
                "MappingVariesByDestIP",
                report.mapping() == NatMapping.UNKNOWN ? null : report.mappingVaries());
        for (String unknown : List.of("UPnP", "PMP", "PCP")) {
            tree.put(unknown, null);
        }
        tree.put("PreferredDERP", report.preferredDerp().map(DerpRegionId::value).orElse(0));
        tree.put("RegionLatency", latencies(report.latency()));
        tree.put("RegionV4Latency", latencies(report.latencyV4()));
        tree.put("RegionV6Latency", latencies(report.latencyV6()));
        tree.put("GlobalV4Counters", null);
        tree.put("GlobalV6Counters", null);
        tree.put("GlobalV4", report.globalV4().map(Object::toString).orElse(""));
        tree.put("GlobalV6", report.globalV6().map(Object::toString).orElse(""));
        tree.put("CaptivePortal", null);
        return tree;
    }

    private static Map<String, @Nullable Object> latencies(Map<DerpRegionId, Long> nanos) {
        Map<Integer, Long> sorted = new TreeMap<>();
        nanos.forEach((id, latency) -> sorted.put(id.value(), latency));
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        sorted.forEach((id, latency) -> tree.put(Integer.toString(id), latency));
        return tree;
    }
}
