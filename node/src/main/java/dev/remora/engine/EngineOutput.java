package dev.remora.engine;

import dev.remora.base.IpPort;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netcheck.NetCheckOutput;
import dev.remora.engine.netcheck.NetReport;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.path.Endpoint;
import dev.remora.engine.path.PeerPath;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// What the engine wants done or known. Buffers are good until the consumer returns.
public sealed interface EngineOutput {
    /// Send datagrams of `segmentSize` bytes that stand one behind the other (the last may be shorter) to one address.
    record SendDatagrams(IpPort to, ByteBuffer datagrams, int segmentSize)
            implements EngineOutput {}

    /// Send a packet to a node through the relay of a region.
    record SendRelayed(DerpRegionId via, NodeKey to, ByteBuffer packet) implements EngineOutput {}

    /// Close and reopen the UDP sockets, then tell [Engine#onLinkChange].
    record RebindWanted() implements EngineOutput {}

    /// Tell control where we may be reachable.
    record EndpointsChanged(List<Endpoint> endpoints) implements EngineOutput {}

    /// Wait for peers at this relay from now on, and tell control what the network is like; the report is empty while nothing was measured.
    record NetworkChecked(Optional<NetReport> report, Optional<DerpRegionId> home)
            implements EngineOutput {}

    /// Do a part of a network check that needs more than a datagram.
    record Netcheck(NetCheckOutput request) implements EngineOutput {}

    /// A peer is reached another way now; empty: not at all.
    record PathChanged(NodeKey peer, Optional<PeerPath> path) implements EngineOutput {}

    /// A ping that was asked for has ended.
    record Pinged(long token, PingResult result) implements EngineOutput {}
}
