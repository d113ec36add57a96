package dev.remora.proto.ip;

import dev.remora.base.Bytes;
import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;

/// An ICMP (RFC 792) or ICMPv6 (RFC 4443) message inside an IP packet, its checksum verified.
///
///     0      1      2          4          8
///     | type | code | checksum | by type  | echo data, or the packet it is about
public record IcmpPacket(IpPacket ip) {
    public static final int HEADER_LENGTH = 8;

    /// Codes of "destination unreachable" that say nobody listens on the port, by family.
    public static final int PORT_UNREACHABLE_V4 = 3;

    public static final int PORT_UNREACHABLE_V6 = 4;

    /// Codes of "destination unreachable" that say the host cannot be reached, by family.
    public static final int HOST_UNREACHABLE_V4 = 1;

    public static final int HOST_UNREACHABLE_V6 = 3;

    private static final int UNREACHABLE_V4 = 3;
    private static final int UNREACHABLE_V6 = 1;
    private static final int TOO_BIG_V6 = 2;
    private static final int FRAGMENTATION_NEEDED = 4;

    public static IcmpPacket of(IpPacket ip) throws MalformedException {
        if (ip.transportLength() < HEADER_LENGTH) {
            throw new MalformedException("ICMP shorter than 8 bytes");
        }
        if (ip.protocol() != IpProtocol.icmp(ip.v4())) {
            throw new MalformedException("ICMP of the other family");
        }
        long sum = Checksum.sum(ip.bytes(), ip.transportOffset(), ip.transportLength());
        if (!ip.v4()) {
            sum += Checksum.pseudoHeader(ip, IpProtocol.ICMPV6, ip.transportLength());
        }
        if (Checksum.finish(sum) != 0) {
            throw new MalformedException("ICMP checksum");
        }
        return new IcmpPacket(ip);
    }

    public int type() {
        return Bytes.u8(ip.bytes(), ip.transportOffset());
    }

    public int code() {
        return Bytes.u8(ip.bytes(), ip.transportOffset() + 1);
    }

    /// The four bytes whose meaning depends on the type: identifier and sequence number, or the next hop's MTU.
    public int rest() {
        return ip.bytes().getInt(ip.transportOffset() + 4);
    }

    /// A view of what follows the first eight bytes.
    public ByteBuffer body() {
        return ip.bytes()
                .slice(ip.transportOffset() + HEADER_LENGTH, ip.transportLength() - HEADER_LENGTH);
    }

    /// Whether this says that a packet could not reach its destination, other than for its size.
    public boolean isUnreachable() {
        return ip.v4()
                ? type() == UNREACHABLE_V4 && code() != FRAGMENTATION_NEEDED
                : type() == UNREACHABLE_V6;
    }

    /// The next hop's MTU, if this says that a packet was too big.
    public OptionalInt tooBigForMtu() {
        if (ip.v4()) {
            boolean tooBig = type() == UNREACHABLE_V4 && code() == FRAGMENTATION_NEEDED;
            return tooBig ? OptionalInt.of(rest() & 0xffff) : OptionalInt.empty();
        }
        return type() == TOO_BIG_V6 ? OptionalInt.of(Math.max(rest(), 0)) : OptionalInt.empty();
    }

    /// The beginning of the packet this error is about, if the message is an error and quotes enough of it.
    public Optional<QuotedPacket> quoted() {
        return ip.isIcmpError() || ip.v4() && type() == 12
                ? QuotedPacket.read(body())
                : Optional.empty();
    }

    /// Writes a message; the body is consumed.
    public static void write(
            IpHeader header, int type, int code, int rest, ByteBuffer body, PacketSink sink) {
        int length = HEADER_LENGTH + body.remaining();
        ByteBuffer out = sink.begin(header.length() + length);
        header.write(out, length);
        int at = out.position();
        out.put((byte) type).put((byte) code).putShort((short) 0).putInt(rest).put(body);
        long sum =
                Checksum.sum(out, at, length)
                        + (header.src().v4() ? 0 : header.pseudoHeader(length));
        out.putShort(at + 2, (short) Checksum.finish(sum));
        sink.end(out.flip());
    }

    /// Answers an echo request with the same data.
    public void writeEchoReply(PacketSink sink) {
        IpHeader header = IpHeader.answerTo(ip, ip.protocol());
        write(header, ip.v4() ? 0 : 129, 0, rest(), body(), sink);
    }

    /// Tells the sender of `about` that its destination cannot be reached, quoting its headers: for IPv4 the IP header and
    /// eight bytes (RFC 792), for IPv6 as much as 1280 bytes hold (RFC 4443 §3.1). `code` is one of the constants here.
    public static void writeUnreachable(IpPacket about, int code, PacketSink sink) {
        IpHeader header = new IpHeader(about.dst(), about.src(), IpProtocol.icmp(about.v4()), 0);
        int most =
                about.v4()
                        ? about.transportOffset() - about.start() + HEADER_LENGTH
                        : Mtu.TUNNEL - Ipv6.HEADER_LENGTH - HEADER_LENGTH;
        ByteBuffer quote = about.bytes().slice(about.start(), Math.min(about.length(), most));
        write(header, about.v4() ? UNREACHABLE_V4 : UNREACHABLE_V6, code, 0, quote, sink);
    }
}
