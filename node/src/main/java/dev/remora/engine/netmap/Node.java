package dev.remora.engine.netmap;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.control.DnsResolver;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.RawJson;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A member of the tailnet.
///
/// @param name its full name with the final dot
/// @param user who made it; says nothing for a tagged node
/// @param sharer who shared it into this tailnet
/// @param keyExpiry when its key ends; empty is never
/// @param discoKey empty: it takes no part in path discovery
/// @param addresses its own
/// @param allowedIps where packets for it may go to and come from: its own addresses and its routes
/// @param endpoints where it may be reachable over UDP
/// @param homeDerp where it waits to be called
/// @param capabilityVersion the protocol level it speaks, 0 if unknown
/// @param lastSeen when it was last online; not kept up to date while it is
/// @param online empty: not known, or not for us to know
/// @param machineAuthorized false while an administrator has not admitted the device
/// @param capabilities what it may do, with values in JSON
/// @param unsigned not signed by the tailnet lock: nothing but its PeerAPI may be reached
/// @param endedByServer the server said that its key has ended
/// @param expired its key has ended, by the server's word or by the clock: nothing may go to it or be
///     taken from it, whatever endpoints it has
/// @param masqueradeV4 the address this peer knows us by, where not our own; the same for `masqueradeV6`
/// @param wireGuardOnly speaks neither disco nor DERP
/// @param jailed may answer us, but open nothing towards us
public record Node(
        NodeId id,
        StableNodeId stableId,
        String name,
        UserId user,
        Optional<UserId> sharer,
        NodeKey key,
        Optional<Instant> keyExpiry,
        Optional<String> keySignature,
        Optional<MachineKey> machine,
        Optional<DiscoKey> discoKey,
        List<IpPrefix> addresses,
        List<IpPrefix> allowedIps,
        List<IpPort> endpoints,
        Optional<DerpRegionId> homeDerp,
        HostInfo hostInfo,
        Optional<Instant> created,
        int capabilityVersion,
        List<String> tags,
        List<IpPrefix> primaryRoutes,
        Optional<Instant> lastSeen,
        Optional<Boolean> online,
        boolean machineAuthorized,
        Map<NodeCapability, List<RawJson>> capabilities,
        boolean unsigned,
        boolean endedByServer,
        boolean expired,
        Optional<IpAddress> masqueradeV4,
        Optional<IpAddress> masqueradeV6,
        boolean wireGuardOnly,
        boolean jailed,
        List<DnsResolver> exitNodeResolvers) {

    public boolean has(NodeCapability capability) {
        return capabilities.containsKey(capability);
    }

    public boolean isTagged() {
        return !tags.isEmpty();
    }

    /// Whose profile to show for it.
    public UserId owner() {
        return sharer.orElse(user);
    }

    /// Its own IPv4 address, of which it has at most one in practice.
    public Optional<IpAddress> ipv4() {
        return addresses.stream().map(IpPrefix::ip).filter(IpAddress::v4).findFirst();
    }

    public Optional<IpAddress> ipv6() {
        return addresses.stream().map(IpPrefix::ip).filter(ip -> !ip.v4()).findFirst();
    }

    /// The address of a family that this peer knows us by, where that is not our own.
    public Optional<IpAddress> masquerade(boolean v4) {
        return v4
                ? masqueradeV4.filter(IpAddress::v4)
                : masqueradeV6.filter(address -> !address.v4());
    }

    /// True once the key has ended by this clock, or the server said that it has.
    public boolean isExpiredAt(Instant now) {
        return endedByServer || keyExpiry.filter(at -> !at.isAfter(now)).isPresent();
    }

    /// The same node, its key judged by this clock.
    Node judgedAt(Instant now) {
        boolean judged = isExpiredAt(now);
        return judged == expired ? this : change().expired(judged).done();
    }

    Node withOnline(boolean now) {
        return change().online(now).done();
    }

    Node withLastSeen(Optional<Instant> now) {
        return change().lastSeen(now).done();
    }

    NodeChange change() {
        return new NodeChange(this);
    }
}
