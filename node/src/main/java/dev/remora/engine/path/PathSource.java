package dev.remora.engine.path;

import dev.remora.base.IpPort;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.DerpRegionId;

/// Where a packet came from.
public sealed interface PathSource {
    /// A datagram from this address.
    record Direct(IpPort from) implements PathSource {}

    /// A frame from the relay of this region, which vouches for the sender's node key.
    record Relayed(DerpRegionId via, NodeKey sender) implements PathSource {}
}
