package dev.remora.engine.netcheck;

import dev.remora.base.IpPort;
import dev.remora.engine.netmap.DerpRegionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the answers of one run add up to.
final class Measurement {
    private final OfFamily v4 = new OfFamily();
    private final OfFamily v6 = new OfFamily();
    private final Map<DerpRegionId, Long> latency = new HashMap<>();
    private NatMapping mapping = NatMapping.UNKNOWN;
    private boolean udp;
    private @Nullable IpPort firstV4Server;

    private static final class OfFamily {
        private final Map<DerpRegionId, Long> latency = new HashMap<>();

        /// How often each address of ours was seen.
        private final Map<IpPort, Integer> seen = new LinkedHashMap<>();

        private @Nullable IpPort best;
        private int sent;

        void addEndpoints(List<IpPort> endpoints) {
            if (best != null) {
                endpoints.add(best);
            }
            seen.forEach((address, times) -> {
                if (times >= 2 && !address.equals(best)) {
                    endpoints.add(address);
                }
            });
        }
    }

    private OfFamily of(Family family) {
        return switch (family) {
            case V4 -> v4;
            case V6 -> v6;
        };
    }

    void sent(Family family) {
        of(family).sent++;
    }

    void sendFailed(Family family) {
        of(family).sent--;
    }

    /// @param seenFrom our address as the server saw it
    void onStun(DerpRegionId region, IpPort server, IpPort seenFrom, long nanos) {
        Family family = Family.of(server.ip());
        udp = true;
        onLatency(region, family, nanos);
        of(family).seen.merge(seenFrom, 1, Integer::sum);
        switch (family) {
            case V4 -> onSeenOverIpv4(server, seenFrom);
            case V6 -> v6.best = seenFrom; // the last one counts
        }
    }

    /// Two servers that see the same address prove one thing, a different address the other. One server that
    /// is asked twice and sees the same proves nothing.
    private void onSeenOverIpv4(IpPort server, IpPort seenFrom) {
        if (v4.best == null) {
            v4.best = seenFrom;
            firstV4Server = server;
        } else if (!v4.best.equals(seenFrom)) {
            mapping = NatMapping.ENDPOINT_DEPENDENT;
        } else if (mapping == NatMapping.UNKNOWN && !server.equals(firstV4Server)) {
            mapping = NatMapping.ENDPOINT_INDEPENDENT;
        }
    }

    void onLatency(DerpRegionId region, Family family, long nanos) {
        long measured = Math.max(nanos, 1);
        latency.merge(region, measured, Math::min);
        of(family).latency.merge(region, measured, Math::min);
    }

    boolean udp() {
        return udp;
    }

    int regionsAnswered() {
        return latency.size();
    }

    long slowest() {
        return latency.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /// Whether another answer from the region in that family would tell anything new.
    boolean wouldGainFrom(DerpRegionId region, Family family) {
        if (!latency.containsKey(region)) {
            return true;
        }
        return switch (family) {
            case V4 -> mapping == NatMapping.UNKNOWN;
            case V6 -> v6.latency.isEmpty();
        };
    }

    Map<DerpRegionId, Long> latency() {
        return latency;
    }

    /// Without a preferred relay, which depends on more than this run.
    NetReport report(boolean full, HostNetwork host) {
        List<IpPort> endpoints = new ArrayList<>();
        v4.addEndpoints(endpoints);
        v6.addEndpoints(endpoints);
        return new NetReport(
                full,
                udp,
                !v4.latency.isEmpty(),
                !v6.latency.isEmpty(),
                v4.sent > 0,
                v6.sent > 0,
                host.osHasIpv6(),
                mapping,
                endpoints,
                latency,
                v4.latency,
                v6.latency,
                Optional.empty());
    }
}
