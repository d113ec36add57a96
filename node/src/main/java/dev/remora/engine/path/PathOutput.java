package dev.remora.engine.path;

import dev.remora.base.IpPort;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.DerpRegionId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// What the [PathFinder] wants done, or wants known. Packets are direct buffers, position to limit; whoever takes the
/// output owns them.
public sealed interface PathOutput {
    /// Send this datagram from the node's own UDP socket.
    record SendDisco(IpPort to, ByteBuffer packet) implements PathOutput {}

    /// Send this to the peer through the relay of that region.
    record RelayDisco(DerpRegionId via, NodeKey to, ByteBuffer packet) implements PathOutput {}

    /// Find out our own endpoints now. Never given again before [PathFinder#onStunEndpoints] ends the running search.
    record EndpointsWanted(EndpointSearch why) implements PathOutput {}

    /// Tell control that these are our endpoints, in order of preference.
    record EndpointsChanged(List<Endpoint> endpoints) implements PathOutput {}

    /// Close and reopen the UDP sockets, then tell [PathFinder#onLinkChange].
    record RebindWanted() implements PathOutput {}

    /// The peer is now reached this way; empty: no way is left.
    record PathChanged(NodeKey peer, Optional<PeerPath> path) implements PathOutput {}

    /// The peer runs in a new process: its WireGuard sessions are void.
    record PeerRestarted(NodeKey peer) implements PathOutput {}

    /// The first answer to a user's ping. Latency in nanoseconds.
    record PingAnswered(long token, NodeKey peer, PeerPath path, long latency)
            implements PathOutput {}

    /// No answer to a user's ping came in time.
    record PingTimedOut(long token, NodeKey peer) implements PathOutput {}

    /// A user's ping could not be sent anywhere.
    record PingFailed(long token, NodeKey peer, String reason) implements PathOutput {}

    /// A disco packet was not acted upon.
    record Dropped(PathSource source, String reason) implements PathOutput {}
}
