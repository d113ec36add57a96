package dev.remora.engine.netstack;

import dev.remora.base.IpAddress;
import dev.remora.proto.ip.IcmpPacket;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.PacketSink;

/// Answers to packets that nobody here takes, few enough that nobody can use us to flood somebody.
final class IcmpResponder {
    private static final int ERRORS_PER_SECOND = 1_000;
    private static final int ERRORS_BURST = 50;

    private final PacketSink sink;
    private final RateLimit errors = new RateLimit(ERRORS_PER_SECOND, ERRORS_BURST);

    IcmpResponder(PacketSink sink) {
        this.sink = sink;
    }

    /// Answers a ping, unless this peer pings too fast. True if it did.
    boolean onEchoRequest(IcmpPacket request, PeerUsage peer, long now) {
        boolean allowed = request.code() == 0 && peer.echoes.allow(now);
        if (allowed) {
            request.writeEchoReply(sink);
        }
        return allowed;
    }

    /// Says that nobody listens on the port of a datagram.
    boolean portUnreachable(IpPacket about, long now) {
        if (!errors.allow(now)) {
            return false;
        }
        int code = about.v4() ? IcmpPacket.PORT_UNREACHABLE_V4 : IcmpPacket.PORT_UNREACHABLE_V6;
        IcmpPacket.writeUnreachable(about, code, sink);
        return true;
    }

    /// Whether anybody can be at this address to be answered (RFC 1122 §3.2.2, RFC 9293 §3.5.2).
    static boolean isUnicast(IpAddress src) {
        return !src.isMulticast() && !src.isUnspecified() && !(src.v4() && src.v4Bits() == -1);
    }
}
