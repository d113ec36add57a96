package dev.remora.proto.tcp;

import dev.remora.proto.ip.PacketSink;

/// The answer to a segment that belongs to no connection (RFC 9293 §3.5.2).
public final class TcpReset {
    private TcpReset() {}

    /// Writes the reset for `cause`; `flow` is the 4-tuple as the connection would have had it here. Nothing answers a reset.
    public static void answer(PacketSink sink, Flow flow, TcpSegment cause) {
        new SegmentWriter(flow).reset(sink, cause);
    }
}
