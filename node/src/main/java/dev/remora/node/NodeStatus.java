package dev.remora.node;

import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.PeerStatus;
import dev.remora.engine.Traffic;
import dev.remora.engine.netcheck.NetReport;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netstack.NetStackStats;
import dev.remora.engine.path.Endpoint;
import dev.remora.io.control.ControlState;
import dev.remora.io.derp.RelayStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A node at one moment.
///
/// @param nodeKey who we are to peers; empty before the first login
/// @param home the relay where peers find us
/// @param endpoints where peers may reach us directly
/// @param relays every relay region that was used
/// @param peers those of which something is known besides the netmap
/// @param aead which implementation encrypts packets
/// @param udpProblem what is wrong with our UDP ports, for people; empty: nothing
/// @param filterProblem what is wrong with the packet filter that control sent, for people
/// @param openStreams tailnet connections that are open
/// @param now the node's time of this status, in nanoseconds since `startedAt`; times of its parts count the same way
public record NodeStatus(
        ControlState control,
        Optional<NetMap> netMap,
        Optional<NodeKey> nodeKey,
        DiscoKey discoKey,
        Optional<DerpRegionId> home,
        List<Endpoint> endpoints,
        List<RelayStatus> relays,
        Map<NodeKey, PeerStatus> peers,
        Optional<NetReport> netReport,
        Traffic traffic,
        NetStackStats stack,
        String aead,
        int udpPortV4,
        int udpPortV6,
        Optional<String> udpProblem,
        Optional<String> filterProblem,
        int openStreams,
        Instant startedAt,
        long now) {
    /// The wall clock's word for a moment of the node's own time.
    public Instant instant(long nanos) {
        return startedAt.plusNanos(nanos);
    }
}
