package dev.remora.server.netmap;

import dev.remora.base.IpPrefix;
import dev.remora.proto.control.DnsConfig;
import dev.remora.proto.control.DnsResolver;
import dev.remora.proto.control.RawJson;
import dev.remora.server.model.Node;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The DNS settings of one node: what the tailnet has for all, the tailnet's own names, and what is this node's alone.
final class MapDns {
    private static final String NEXTDNS = "nextdns:";
    private static final String NO_DEVICE_INFO = "nextdns:no-device-info";
    private static final String NEXTDNS_URL = "https://dns.nextdns.io/";

    private final MapSettings settings;
    private final List<String> reverseZones;

    MapDns(MapSettings settings) {
        this.settings = settings;
        this.reverseZones = reverseZones(settings.ipv4(), settings.ipv6());
    }

    /// @param own what the policy lets the node do, which may name a profile at NextDNS
    DnsConfig of(DnsConfig all, Node node, Map<String, List<RawJson>> own) {
        return new DnsConfig(
                resolvers(all.resolvers(), node, own),
                routes(all),
                resolvers(all.fallbackResolvers(), node, own),
                domains(all),
                all.proxied(),
                null,
                null,
                all.extraRecords(),
                null);
    }

    private List<String> domains(DnsConfig all) {
        Set<String> domains = new LinkedHashSet<>();
        domains.add(settings.baseDomain());
        domains.addAll(Objects.requireNonNullElse(all.domains(), List.of()));
        return List.copyOf(domains);
    }

    /// An empty list says that the client answers itself; `null` would say nothing that clients agree on.
    private @Nullable Map<String, @Nullable List<DnsResolver>> routes(DnsConfig all) {
        Map<String, @Nullable List<DnsResolver>> routes = new TreeMap<>();
        if (all.proxied()) {
            reverseZones.forEach(zone -> routes.put(zone, List.of()));
        }
        if (all.routes() != null) {
            all.routes()
                    .forEach((suffix, resolvers) ->
                            routes.put(suffix, Objects.requireNonNullElse(resolvers, List.of())));
        }
        return routes.isEmpty() ? null : routes;
    }

    private static @Nullable List<DnsResolver> resolvers(
            @Nullable List<DnsResolver> all, Node node, Map<String, List<RawJson>> own) {
        Optional<String> profile =
                own.keySet().stream()
                        .filter(key -> key.startsWith(NEXTDNS) && !key.equals(NO_DEVICE_INFO))
                        .map(key -> key.substring(NEXTDNS.length()))
                        .sorted()
                        .findFirst();
        if (all == null || profile.isEmpty()) {
            return all;
        }
        String url = NEXTDNS_URL + profile.get() + deviceInfo(node, own);
        return all.stream()
                .map(resolver ->
                        resolver.addr() != null && resolver.addr().startsWith(NEXTDNS_URL)
                                ? new DnsResolver(
                                        url,
                                        resolver.bootstrapResolution(),
                                        resolver.useWithExitNode())
                                : resolver)
                .toList();
    }

    private static String deviceInfo(Node node, Map<String, List<RawJson>> own) {
        if (own.containsKey(NO_DEVICE_INFO)) {
            return "";
        }
        String model = Objects.requireNonNullElse(node.report().hostInfo().os(), "");
        return "?device_name="
                + URLEncoder.encode(node.name().hostname(), StandardCharsets.UTF_8)
                + "&device_model="
                + URLEncoder.encode(model, StandardCharsets.UTF_8)
                + "&device_ip="
                + node.addresses().ipv4();
    }

    /// The zones of the addresses' own names, each of a whole number of labels.
    private static List<String> reverseZones(IpPrefix ipv4, IpPrefix ipv6) {
        List<String> zones = new ArrayList<>();
        byte[] v4 = ipv4.masked().ip().toBytes();
        int labels = Math.max(1, (ipv4.bits() + 7) / 8);
        int count = 1 << (8 * labels - ipv4.bits());
        for (int i = 0; i < count; i++) {
            StringBuilder zone = new StringBuilder("in-addr.arpa");
            for (int at = 0; at < labels; at++) {
                int label = (v4[at] & 0xff) + (at == labels - 1 ? i : 0);
                zone.insert(0, label + ".");
            }
            zones.add(zone.toString());
        }
        zones.add(reverseZone6(ipv6));
        return List.copyOf(zones);
    }

    private static String reverseZone6(IpPrefix ipv6) {
        byte[] bytes = ipv6.masked().ip().toBytes();
        StringBuilder zone = new StringBuilder("ip6.arpa");
        for (int nibble = 0; nibble < ipv6.bits() / 4; nibble++) {
            int value = bytes[nibble / 2] >> (nibble % 2 == 0 ? 4 : 0) & 0xf;
            zone.insert(0, Character.forDigit(value, 16) + ".");
        }
        return zone.toString();
    }
}
