package dev.remora.engine;

import dev.remora.engine.path.PathStatus;
import dev.remora.proto.wireguard.TunnelStats;
import java.util.Optional;

/// What is known of the way to a peer and of the tunnel with it; empty parts: it was not used lately.
public record PeerStatus(Optional<PathStatus> path, Optional<TunnelStats> tunnel) {}
