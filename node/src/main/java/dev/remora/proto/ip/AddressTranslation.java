package dev.remora.proto.ip;

import dev.remora.base.Bytes;
import dev.remora.base.IpAddress;
import java.nio.ByteBuffer;

/// Puts another address into a packet, in place, with all that hangs on it (RFC 3022 §4): the checksum of the IPv4 header, that of a transport
/// header that covers the addresses, and the packet an ICMP error quotes, which went the other way. Checksums that were wrong stay wrong.
public final class AddressTranslation {
    private static final int PARAMETER_PROBLEM_V4 = 12;

    private AddressTranslation() {}

    /// The packet comes from `to`, an address of the same family, from now on.
    public static void replaceSource(IpPacket packet, IpAddress to) {
        IpAddress from = packet.src();
        replace(packet, offset(packet.v4(), true), from, to);
        replaceInQuote(packet, offset(packet.v4(), false), from, to);
    }

    /// The packet goes to `to`, an address of the same family, from now on.
    public static void replaceDestination(IpPacket packet, IpAddress to) {
        IpAddress from = packet.dst();
        replace(packet, offset(packet.v4(), false), from, to);
        replaceInQuote(packet, offset(packet.v4(), true), from, to);
    }

    private static int offset(boolean v4, boolean source) {
        if (v4) {
            return source ? Ipv4.SRC : Ipv4.DST;
        }
        return source ? Ipv6.SRC : Ipv6.DST;
    }

    private static void replace(IpPacket packet, int offset, IpAddress from, IpAddress to) {
        ByteBuffer bytes = packet.bytes();
        write(bytes, packet.start() + offset, to);
        if (packet.v4()) {
            adjust(bytes, packet.start() + Ipv4.CHECKSUM, Checksum.sum(from), Checksum.sum(to));
        }
        if (packet.isLaterFragment()) {
            return;
        }
        int transport = packet.transportOffset();
        switch (packet.protocol()) {
            case IpProtocol.TCP ->
                    adjust(bytes, transport + 16, Checksum.sum(from), Checksum.sum(to));
            case IpProtocol.UDP -> adjustUdp(bytes, transport + 6, from, to);
            case IpProtocol.ICMPV6 ->
                    adjust(bytes, transport + 2, Checksum.sum(from), Checksum.sum(to));
            default -> {} // theirs do not cover addresses
        }
    }

    private static void adjustUdp(ByteBuffer bytes, int at, IpAddress from, IpAddress to) {
        if (bytes.getShort(at) == 0) {
            return; // RFC 768: "the transmitter generated no checksum"
        }
        adjust(bytes, at, Checksum.sum(from), Checksum.sum(to));
        if (bytes.getShort(at) == 0) {
            bytes.putShort(at, (short) 0xffff);
        }
    }

    /// RFC 5508 §4.2 has the quoted packet translated, too: its sender knows it by no other address. The transport checksum in the quote
    /// stays; as a rule the quote ends before all that it covers.
    private static void replaceInQuote(IpPacket error, int offset, IpAddress from, IpAddress to) {
        ByteBuffer bytes = error.bytes();
        int message = error.transportOffset();
        int quote = message + IcmpPacket.HEADER_LENGTH;
        if (!quotes(error)
                || error.end() - quote < IpHeader.length(error.v4())
                || bytes.get(quote) >>> 4 != error.version()
                || !read(bytes, quote + offset, error.v4()).equals(from)) {
            return;
        }
        long before = Checksum.sum(bytes, message, error.transportLength());
        write(bytes, quote + offset, to);
        if (error.v4()) {
            adjust(bytes, quote + Ipv4.CHECKSUM, Checksum.sum(from), Checksum.sum(to));
        }
        adjust(bytes, message + 2, before, Checksum.sum(bytes, message, error.transportLength()));
    }

    private static boolean quotes(IpPacket packet) {
        if (packet.protocol() != IpProtocol.icmp(packet.v4()) || packet.isLaterFragment()) {
            return false;
        }
        return packet.isIcmpError()
                || packet.v4()
                        && Bytes.u8(packet.bytes(), packet.transportOffset())
                                == PARAMETER_PROBLEM_V4;
    }

    /// RFC 1624 §3: "HC' = ~(~HC + ~m + m')", for the sums of what was and what is there.
    private static void adjust(ByteBuffer bytes, int at, long was, long is) {
        long sum = (~bytes.getShort(at) & 0xffff) + (~Checksum.fold(was) & 0xffff) + is;
        bytes.putShort(at, (short) Checksum.finish(sum));
    }

    private static IpAddress read(ByteBuffer bytes, int at, boolean v4) {
        return v4
                ? IpAddress.v4(bytes.getInt(at))
                : IpAddress.v6(bytes.getLong(at), bytes.getLong(at + Long.BYTES));
    }

    private static void write(ByteBuffer bytes, int at, IpAddress ip) {
        if (ip.v4()) {
            bytes.putInt(at, ip.v4Bits());
        } else {
            bytes.putLong(at, ip.high()).putLong(at + Long.BYTES, ip.low());
        }
    }
}
