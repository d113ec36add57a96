package dev.remora.engine.path;

import dev.remora.base.IpPort;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.DerpRegionId;
import java.util.List;
import java.util.Optional;

/// What the netmap says about a peer, as far as paths to it are concerned.
///
/// @param disco empty when it has not told one yet (a key of zeros is none): then only the relay reaches it
/// @param home where it waits to be called, empty when it has no relay
/// @param endpoints where it may be reachable over UDP
/// @param expired its node key has expired, so nothing is sent to it
public record PathPeer(
        NodeKey key,
        Optional<DiscoKey> disco,
        Optional<DerpRegionId> home,
        List<IpPort> endpoints,
        boolean expired) {
    public PathPeer {
        disco = disco.filter(key0 -> !key0.isZero());
        endpoints = List.copyOf(endpoints);
    }
}
