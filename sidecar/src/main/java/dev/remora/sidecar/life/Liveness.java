package dev.remora.sidecar.life;

import dev.remora.io.derp.RelayStatus;
import dev.remora.node.NodeStatus;
import dev.remora.proto.wireguard.TunnelStats;

/// What stands at this moment: connections to relays, sessions with peers.
final class Liveness {
    private Liveness() {}

    static boolean any(NodeStatus status) {
        return relays(status) > 0 || sessions(status) > 0;
    }

    static long relays(NodeStatus status) {
        return status.relays().stream()
                .filter(relay -> relay.phase() == RelayStatus.Phase.CONNECTED)
                .count();
    }

    static long sessions(NodeStatus status) {
        return status.peers().values().stream()
                .filter(peer -> peer.tunnel().filter(TunnelStats::canSend).isPresent())
                .count();
    }
}
