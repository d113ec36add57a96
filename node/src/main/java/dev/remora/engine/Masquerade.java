package dev.remora.engine;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.Node;
import dev.remora.proto.ip.AddressTranslation;
import dev.remora.proto.ip.IpPacket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Peers that control shows us to under another address than our own, as happens between tailnets. They send to that address and expect
/// to be answered from it; everything else here (packet filter, netstack, PeerAPI) knows our own only.
///
///     in:  inner source check ─ destination becomes our own ─ packet filter
///     out: packet filter ─ route ─ source becomes what the peer knows ─ tunnel
///
/// For everybody else a packet costs the look at an empty table.
final class Masquerade {
    private final Map<NodeKey, Mask> masks = new HashMap<>();
    private Mask own = Mask.NONE;

    /// One address of each family.
    private record Mask(Optional<IpAddress> v4, Optional<IpAddress> v6) {
        static final Mask NONE = new Mask(Optional.empty(), Optional.empty());

        Optional<IpAddress> of(boolean family4) {
            return family4 ? v4 : v6;
        }
    }

    /// Our own addresses, of which the first of a family is the one that others stand for.
    void onOwnAddresses(List<IpPrefix> addresses) {
        own = new Mask(first(addresses, true), first(addresses, false));
    }

    private static Optional<IpAddress> first(List<IpPrefix> addresses, boolean v4) {
        return addresses.stream().map(IpPrefix::ip).filter(ip -> ip.v4() == v4).findFirst();
    }

    void onPeer(Node peer) {
        Mask mask = new Mask(peer.masquerade(true), peer.masquerade(false));
        if (mask.equals(Mask.NONE)) {
            masks.remove(peer.key());
        } else {
            masks.put(peer.key(), mask);
        }
    }

    void onPeerGone(NodeKey peer) {
        masks.remove(peer);
    }

    /// The address that `peer` knows for this one of ours.
    IpAddress shown(NodeKey peer, IpAddress ours) {
        if (!isOwn(ours)) {
            return ours;
        }
        return masks.getOrDefault(peer, Mask.NONE).of(ours.v4()).orElse(ours);
    }

    private boolean isOwn(IpAddress ip) {
        return own.of(ip.v4()).filter(ip::equals).isPresent();
    }

    /// A packet from `peer`: what it sent to the address it knows is for us.
    void inbound(NodeKey peer, IpPacket packet) {
        Mask mask = masks.isEmpty() ? null : masks.get(peer);
        if (mask != null
                && own.of(packet.v4()).isPresent()
                && mask.of(packet.v4()).filter(packet.dst()::equals).isPresent()) {
            AddressTranslation.replaceDestination(packet, own.of(packet.v4()).get());
        }
    }

    /// A packet to `peer`: it comes from the address that the peer knows.
    void outbound(NodeKey peer, IpPacket packet) {
        Mask mask = masks.isEmpty() ? null : masks.get(peer);
        if (mask != null && mask.of(packet.v4()).isPresent() && isOwn(packet.src())) {
            AddressTranslation.replaceSource(packet, mask.of(packet.v4()).get());
        }
    }
}
