package dev.remora.engine.path;

import dev.remora.base.IpPort;
import dev.remora.engine.netmap.DerpRegionId;

/// A way to a peer.
public sealed interface PeerPath {
    /// Over UDP, to this address.
    record Direct(IpPort to) implements PeerPath {}

    /// Through the DERP relay of this region.
    record Relayed(DerpRegionId via) implements PeerPath {}
}
