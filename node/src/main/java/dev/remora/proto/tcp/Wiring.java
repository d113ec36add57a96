package dev.remora.proto.tcp;

import dev.remora.base.Deadlines;

/// What the parts of one connection share from its beginning.
///
/// @param iss our initial sequence number
record Wiring(
        TcpConnection connection,
        TcpConfig config,
        int iss,
        TimestampClock clock,
        Deadlines<Timer> timers,
        TcpMemory memory,
        SegmentWriter writer) {}
