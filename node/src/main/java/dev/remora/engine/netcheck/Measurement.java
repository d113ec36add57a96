package dev.remora.engine.netcheck;

import dev.remora.base.IpPort;
import dev.remora.engine.netmap.DerpRegionId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the answers of one run add up to.
final class Measurement {
    private final Map<DerpRegionId, Long> latency = new HashMap<>();
    private final Map<Family, Map<DerpRegionId, Long>> latencyBy = new EnumMap<>(Family.class);
    private final Map<Family, Map<IpPort, Integer>> seen = new EnumMap<>(Family.class);
    private final Map<Family, IpPort> best = new EnumMap<>(Family.class);
    private final Map<Family, Integer> sent = new EnumMap<>(Family.class);
    private final Set<Family> answered = EnumSet.noneOf(Family.class);
    private NatMapping mapping = NatMapping.UNKNOWN;
    private boolean udp;
    private @Nullable IpPort firstV4Server;

    Measurement() {
        for (Family family : Family.values()) {
            latencyBy.put(family, new HashMap<>());
            seen.put(family, new LinkedHashMap<>());
            sent.put(family, 0);
        }
    }

    void sent(Family family) {
        sent.merge(family, 1, Integer::sum);
    }

    void sendFailed(Family family) {
        sent.merge(family, -1, Integer::sum);
    }

    /// @param seenFrom our address as the server saw it
    void onStun(DerpRegionId region, IpPort server, IpPort seenFrom, long nanos) {
        Family family = Family.of(server.ip());
        udp = true;
        onLatency(region, family, nanos);
        seen.get(family).merge(seenFrom, 1, Integer::sum);
        if (family == Family.V4) {
            compareMapping(server, seenFrom);
            best.putIfAbsent(family, seenFrom);
        } else {
            best.put(family, seenFrom);
        }
    }

    void onLatency(DerpRegionId region, Family family, long nanos) {
        long measured = Math.max(nanos, 1);
        answered.add(family);
        latency.merge(region, measured, Math::min);
        latencyBy.get(family).merge(region, measured, Math::min);
    }

    /// Two servers that see the same address prove one thing, a different address the other. One server that
    /// is asked twice and sees the same proves nothing.
    private void compareMapping(IpPort server, IpPort seenFrom) {
        IpPort first = best.get(Family.V4);
        if (first == null) {
            firstV4Server = server;
        } else if (!first.equals(seenFrom)) {
            mapping = NatMapping.ENDPOINT_DEPENDENT;
        } else if (mapping == NatMapping.UNKNOWN && !server.equals(firstV4Server)) {
            mapping = NatMapping.ENDPOINT_INDEPENDENT;
        }
    }

    boolean udp() {
        return udp;
    }

    int regionsAnswered() {
        return latency.size();
    }

    boolean hasAnswered(DerpRegionId region) {
        return latency.containsKey(region);
    }

    long slowest() {
        return latency.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /// Whether another answer from the region in that family would tell anything new.
    boolean wouldGainFrom(DerpRegionId region, Family family) {
        if (!hasAnswered(region)) {
            return true;
        }
        return family == Family.V6
                ? latencyBy.get(Family.V6).isEmpty()
                : mapping == NatMapping.UNKNOWN;
    }

    Map<DerpRegionId, Long> latency() {
        return latency;
    }

    /// Without a preferred relay, which depends on more than this run.
    NetReport report(boolean full, HostNetwork host) {
        return new NetReport(
                full,
                udp,
                answered.contains(Family.V4),
                answered.contains(Family.V6),
                sent.get(Family.V4) > 0,
                sent.get(Family.V6) > 0,
                host.osHasIpv6(),
                mapping,
                stunEndpoints(),
                latency,
                latencyBy.get(Family.V4),
                latencyBy.get(Family.V6),
                Optional.empty());
    }

    private List<IpPort> stunEndpoints() {
        List<IpPort> endpoints = new ArrayList<>();
        for (Family family : Family.values()) {
            IpPort first = best.get(family);
            if (first != null) {
                endpoints.add(first);
                seen.get(family)
                        .forEach((address, times) -> {
                            if (times >= 2 && !address.equals(first)) {
                                endpoints.add(address);
                            }
                        });
            }
        }
        return endpoints;
    }
}
