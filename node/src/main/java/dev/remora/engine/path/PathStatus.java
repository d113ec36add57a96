package dev.remora.engine.path;

import dev.remora.base.IpPort;
import dev.remora.engine.netmap.DerpRegionId;
import java.util.Optional;
import java.util.OptionalLong;

/// What `status` tells about the way to a peer. Times are nanoseconds since the node started.
///
/// @param direct the UDP address in use, if it is trusted now
/// @param relay where the peer waits to be called, else where it was last heard
/// @param active something was sent to it within the last 45 seconds
/// @param latency of the direct path, in nanoseconds
/// @param lastSentAt when a packet for the peer was last given a way
/// @param lastReceivedAt when something proven to be from the peer last arrived
public record PathStatus(
        Optional<IpPort> direct,
        Optional<DerpRegionId> relay,
        boolean active,
        OptionalLong latency,
        OptionalLong lastSentAt,
        OptionalLong lastReceivedAt) {}
