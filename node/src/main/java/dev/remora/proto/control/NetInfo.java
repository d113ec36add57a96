package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Alias;
import io.avaje.jsonb.Json.Property;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a node found out about its network. Absent: not known.
///
/// @param mappingVariesByDestIp behind a NAT that maps by destination
/// @param upnp absent: not probed; the same for `pmp` and `pcp`
/// @param preferredDerp the home region; without one no peer can reach the node through a relay
/// @param linkType `wired`, `wifi` or `mobile`
/// @param derpLatency seconds by `<region>-v4` and `<region>-v6`
@Json
public record NetInfo(
        @Property("MappingVariesByDestIP") @Nullable Boolean mappingVariesByDestIp,
        @Property("WorkingIPv6") @Nullable Boolean workingIpv6,
        @Property("OSHasIPv6") @Nullable Boolean osHasIpv6,
        @Property("WorkingUDP") @Nullable Boolean workingUdp,
        @Property("WorkingICMPv4") @Nullable Boolean workingIcmpv4,
        @Property("HavePortMap") @Nullable Boolean havePortMap,
        @Property("UPnP") @Nullable Boolean upnp,
        @Property("PMP") @Nullable Boolean pmp,
        @Property("PCP") @Nullable Boolean pcp,
        @Property("PreferredDERP") @Alias("PreferredDerp") long preferredDerp,
        @Property("LinkType") @Nullable String linkType,
        @Property("DERPLatency") @Alias("DerpLatency") @Nullable Map<String, Double> derpLatency,
        @Property("FirewallMode") @Nullable String firewallMode) {
    /// Before anything was measured: peers can be told already where to call.
    ///
    /// @param region 0 if not even that is known
    public static NetInfo onlyHome(long region) {
        return new NetInfo(
                null, null, null, null, null, null, null, null, null, region, null, null, null);
    }

    /// True if the server should hear of the change: latencies alone differ at every measurement.
    public boolean differsBeyondLatency(NetInfo other) {
        return !withoutLatency().equals(other.withoutLatency());
    }

    private NetInfo withoutLatency() {
        return new NetInfo(
                mappingVariesByDestIp,
                workingIpv6,
                osHasIpv6,
                workingUdp,
                workingIcmpv4,
                havePortMap,
                upnp,
                pmp,
                pcp,
                preferredDerp,
                linkType,
                null,
                firewallMode);
    }
}
