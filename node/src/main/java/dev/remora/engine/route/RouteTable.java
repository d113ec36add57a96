package dev.remora.engine.route;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.ip.IpPacket;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which peer an address belongs to. A node's own addresses come before any prefix that somebody routes, so no subnet
/// router can take over another node's traffic, nor send in its name.
///
/// One peer's prefixes change without touching the others'; look-ups allocate nothing and take a few tens of nanoseconds
/// at 10,000 peers.
public final class RouteTable {
    private final PrefixTable addressesV4 = new PrefixTable(32);
    private final PrefixTable addressesV6 = new PrefixTable(128);
    private final PrefixTable routesV4 = new PrefixTable(32);
    private final PrefixTable routesV6 = new PrefixTable(128);
    private final Map<NodeKey, Claims> peers = new HashMap<>();

    private record Claims(Set<IpAddress> addresses, Set<IpPrefix> routes) {
        static final Claims NONE = new Claims(Set.of(), Set.of());
    }

    /// Says all that belongs to a peer from now on: its own addresses, and what it routes for others. A prefix that is
    /// one of its own addresses may stand in `routes` as well.
    public void set(NodeKey peer, Collection<IpAddress> addresses, Collection<IpPrefix> routes) {
        Claims before = peers.getOrDefault(peer, Claims.NONE);
        Claims after = new Claims(Set.copyOf(addresses), Set.copyOf(masked(routes)));
        if (before.equals(after)) {
            return;
        }
        release(peer, before, after);
        claim(peer, before, after);
        if (after.equals(Claims.NONE)) {
            peers.remove(peer);
        } else {
            peers.put(peer, after);
        }
    }

    public void remove(NodeKey peer) {
        set(peer, Set.of(), Set.of());
    }

    private void release(NodeKey peer, Claims before, Claims after) {
        for (IpAddress ip : before.addresses) {
            if (!after.addresses.contains(ip)) {
                addresses(ip.v4()).release(IpPrefix.single(ip), peer);
            }
        }
        for (IpPrefix prefix : before.routes) {
            if (!after.routes.contains(prefix)) {
                routes(prefix.ip().v4()).release(prefix, peer);
            }
        }
    }

    private void claim(NodeKey peer, Claims before, Claims after) {
        for (IpAddress ip : after.addresses) {
            if (!before.addresses.contains(ip)) {
                addresses(ip.v4()).claim(IpPrefix.single(ip), peer);
            }
        }
        for (IpPrefix prefix : after.routes) {
            if (!before.routes.contains(prefix)) {
                routes(prefix.ip().v4()).claim(prefix, peer);
            }
        }
    }

    private static Set<IpPrefix> masked(Collection<IpPrefix> prefixes) {
        Set<IpPrefix> masked = new HashSet<>();
        prefixes.forEach(prefix -> masked.add(prefix.masked()));
        return masked;
    }

    private PrefixTable addresses(boolean v4) {
        return v4 ? addressesV4 : addressesV6;
    }

    private PrefixTable routes(boolean v4) {
        return v4 ? routesV4 : routesV6;
    }

    /// The peer that packets to this address go to.
    public Optional<NodeKey> peerOf(IpAddress ip) {
        return Optional.ofNullable(find(ip.v4(), ip.high(), ip.low()));
    }

    /// The peer that this packet goes to.
    public Optional<NodeKey> destinationOf(IpPacket packet) {
        return Optional.ofNullable(find(packet.v4(), packet.dstHigh(), packet.dstLow()));
    }

    /// Whether a packet that came through the tunnel of `peer` bears a source address that belongs to it.
    public boolean maySend(NodeKey peer, IpPacket packet) {
        return peer.equals(find(packet.v4(), packet.srcHigh(), packet.srcLow()));
    }

    /// How many peers have anything here.
    public int size() {
        return peers.size();
    }

    private @Nullable NodeKey find(boolean v4, long high, long low) {
        NodeKey owner = addresses(v4).find(high, low);
        return owner != null ? owner : routes(v4).find(high, low);
    }
}
