package dev.remora.sidecar.localapi;

import dev.remora.base.IpPrefix;
import dev.remora.engine.Counters;
import dev.remora.engine.Traffic;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netstack.Drop;
import dev.remora.node.NodeStatus;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Counters for users, as Prometheus text, under the names of the official daemon.
public final class MetricsText {
    /// Counted there, but there is no such path here.
    private static final List<String> NEVER = List.of("peer_relay_ipv4", "peer_relay_ipv6");

    private final StringBuilder out = new StringBuilder();

    private MetricsText() {}

    /// @param advertised routes that this node offers
    /// @param warnings health messages at the moment
    public static String of(NodeStatus status, List<IpPrefix> advertised, int warnings) {
        return new MetricsText().all(status, advertised, warnings);
    }

    /// How the node stands, and how it stands with its control server, as gauges with the codes of it.
    public static String condition(String code, String control) {
        return gaugeOf("remora_condition", "How the node stands", code)
                + gaugeOf("remora_control", "How it stands with the control server", control);
    }

    private static String gaugeOf(String name, String help, String code) {
        return "# TYPE %1$s gauge\n# HELP %1$s %2$s: 1 for the code that holds\n%1$s{code=\"%3$s\"} 1\n"
                .formatted(name, help, code);
    }

    private String all(NodeStatus status, List<IpPrefix> advertised, int warnings) {
        Traffic traffic = status.traffic();
        gauge(
                "advertised_routes",
                "Number of advertised network routes (e.g. by a subnet router)",
                advertised.stream().filter(route -> route.bits() != 0).count());
        gauge(
                "approved_routes",
                "Number of approved network routes (e.g. by a subnet router)",
                status.netMap().map(MetricsText::approved).orElse(0L));
        head("health_messages", "gauge", "Number of health messages broken down by type.");
        line("health_messages{type=\"warning\"}", warnings);
        gauge(
                "home_derp_region_id",
                "DERP region ID of this node's home relay server",
                status.home().map(DerpRegionId::value).orElse(0));
        String received = "Counts the number of %s received from other peers";
        String sent = "Counts the number of %s sent to other peers";
        byPath("inbound_bytes_total", received.formatted("bytes"), traffic.receivedBytes());
        head(
                "inbound_dropped_packets_total",
                "counter",
                "Counts the number of dropped packets received by the node from other peers");
        byReason("inbound_dropped_packets_total", inboundDrops(status));
        byPath("inbound_packets_total", received.formatted("packets"), traffic.receivedPackets());
        byPath("outbound_bytes_total", sent.formatted("bytes"), traffic.sentBytes());
        head(
                "outbound_dropped_packets_total",
                "counter",
                "Counts the number of packets dropped while being sent to other peers");
        Map<String, Long> outbound = new TreeMap<>(traffic.outboundDrops());
        outbound.putIfAbsent("error", 0L);
        byReason("outbound_dropped_packets_total", outbound);
        byPath("outbound_packets_total", sent.formatted("packets"), traffic.sentPackets());
        return out.toString();
    }

    /// What came in and was not used, and what was refused because there is too much already.
    private static Map<String, Long> inboundDrops(NodeStatus status) {
        Map<String, Long> drops = new TreeMap<>(status.traffic().inboundDrops());
        for (Drop refused : List.of(Drop.CONNECTION_LIMIT, Drop.MEMORY)) {
            Long count = status.stack().drops().get(refused);
            if (count != null) {
                drops.merge(refused.name(), count, Long::sum);
            }
        }
        return drops;
    }

    private static long approved(NetMap map) {
        return map.self().allowedIps().stream()
                .filter(route -> route.bits() != 0 && !map.self().addresses().contains(route))
                .count();
    }

    private void head(String name, String type, String help) {
        out.append(
                "# TYPE tailscaled_%s %s\n# HELP tailscaled_%s %s\n"
                        .formatted(name, type, name, help));
    }

    private void line(String name, long value) {
        out.append("tailscaled_").append(name).append(' ').append(value).append('\n');
    }

    private void gauge(String name, String help, long value) {
        head(name, "gauge", help);
        line(name, value);
    }

    private void byPath(String name, String help, Map<Counters.Way, Long> values) {
        head(name, "counter", help);
        Map<String, Long> byText = new TreeMap<>();
        NEVER.forEach(path -> byText.put(path, 0L));
        for (Counters.Way way : Counters.Way.values()) {
            byText.put(
                    way.name().toLowerCase(Locale.ROOT),
                    Optional.ofNullable(values.get(way)).orElse(0L));
        }
        byText.forEach((path, value) -> line(name + "{path=\"" + path + "\"}", value));
    }

    private void byReason(String name, Map<String, Long> values) {
        new TreeMap<>(values)
                .forEach((reason, value) ->
                        line(name + "{reason=\"" + label(reason) + "\"}", value));
    }

    private static String label(String reason) {
        return reason.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
    }
}
