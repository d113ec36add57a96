package dev.remora.engine.netcheck;

import dev.remora.base.IpPort;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.proto.control.NetInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What one network check found out. Latencies are nanoseconds.
///
/// @param full every region was to be measured
/// @param udp a STUN answer came
/// @param ipv4 a relay answered over IPv4, by STUN or HTTPS; `ipv6` likewise
/// @param ipv4CanSend a datagram could be sent; `ipv6CanSend` likewise
/// @param stunEndpoints the addresses we were seen from, IPv4 before IPv6; of each the best first, the others only if
///     they were seen at least twice
/// @param latency the best of each region that answered
/// @param latencyV4 the same over IPv4 alone, `latencyV6` over IPv6
/// @param preferredDerp the region that should be our home; empty: nothing is known against the present one
public record NetReport(
        boolean full,
        boolean udp,
        boolean ipv4,
        boolean ipv6,
        boolean ipv4CanSend,
        boolean ipv6CanSend,
        boolean osHasIpv6,
        NatMapping mapping,
        List<IpPort> stunEndpoints,
        Map<DerpRegionId, Long> latency,
        Map<DerpRegionId, Long> latencyV4,
        Map<DerpRegionId, Long> latencyV6,
        Optional<DerpRegionId> preferredDerp) {
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    public NetReport {
        stunEndpoints = List.copyOf(stunEndpoints);
        latency = Map.copyOf(latency);
        latencyV4 = Map.copyOf(latencyV4);
        latencyV6 = Map.copyOf(latencyV6);
    }

    /// Our address as IPv4 relays see it.
    public Optional<IpPort> globalV4() {
        return stunEndpoints.stream().filter(address -> address.ip().v4()).findFirst();
    }

    public Optional<IpPort> globalV6() {
        return stunEndpoints.stream().filter(address -> !address.ip().v4()).findFirst();
    }

    /// Whether direct paths to peers behind other NATs are unlikely.
    public boolean mappingVaries() {
        return mapping == NatMapping.ENDPOINT_DEPENDENT;
    }

    NetReport withPreferredDerp(Optional<DerpRegionId> region) {
        return new NetReport(
                full,
                udp,
                ipv4,
                ipv6,
                ipv4CanSend,
                ipv6CanSend,
                osHasIpv6,
                mapping,
                stunEndpoints,
                latency,
                latencyV4,
                latencyV6,
                region);
    }

    /// What control is told.
    ///
    /// @param home the region that really is our home, whatever this report would prefer
    public NetInfo netInfo(Optional<DerpRegionId> home) {
        Boolean varies = mapping == NatMapping.UNKNOWN ? null : mappingVaries();
        return new NetInfo(
                varies,
                ipv6,
                osHasIpv6,
                udp,
                false, // ICMP is not tried
                null,
                null,
                null,
                null,
                home.map(DerpRegionId::value).orElse(0),
                null,
                latencyByFamily(),
                null);
    }

    private Map<String, Double> latencyByFamily() {
        Map<String, Double> seconds = new LinkedHashMap<>();
        latencyV4.forEach((id, nanos) -> seconds.put(id + "-v4", nanos / NANOS_PER_SECOND));
        latencyV6.forEach((id, nanos) -> seconds.put(id + "-v6", nanos / NANOS_PER_SECOND));
        return seconds;
    }
}
