package dev.remora.proto.ip;

import dev.remora.base.Bytes;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The head of one of our own packets as an ICMP error quotes it: at least the IP header and eight bytes behind it. `rest` are
/// bytes 4 to 8 of the transport header: for TCP the sequence number.
public record QuotedPacket(int protocol, IpPort src, IpPort dst, int rest) {
    /// Empty when too little is quoted, or a later fragment.
    static Optional<QuotedPacket> read(ByteBuffer quote) {
        if (quote.remaining() < Ipv4.HEADER_LENGTH + 8) {
            return Optional.empty();
        }
        return switch (Bytes.u8(quote, 0) >>> 4) {
            case 4 -> readV4(quote);
            case 6 -> readV6(quote);
            default -> Optional.empty();
        };
    }

    private static Optional<QuotedPacket> readV4(ByteBuffer quote) {
        int transport = (quote.get(0) & 0xf) << 2;
        boolean later = (Bytes.u16(quote, Ipv4.FRAGMENT) & 0x1fff) != 0;
        if (transport < Ipv4.HEADER_LENGTH || later || quote.limit() < transport + 8) {
            return Optional.empty();
        }
        IpAddress src = IpAddress.v4(quote.getInt(Ipv4.SRC));
        IpAddress dst = IpAddress.v4(quote.getInt(Ipv4.DST));
        return Optional.of(of(quote, Bytes.u8(quote, Ipv4.PROTOCOL), src, dst, transport));
    }

    private static Optional<QuotedPacket> readV6(ByteBuffer quote) {
        int transport = Ipv6.HEADER_LENGTH;
        if (quote.limit() < transport + 8) {
            return Optional.empty();
        }
        IpAddress src = IpAddress.v6(quote.getLong(Ipv6.SRC), quote.getLong(Ipv6.SRC + 8));
        IpAddress dst = IpAddress.v6(quote.getLong(Ipv6.DST), quote.getLong(Ipv6.DST + 8));
        return Optional.of(of(quote, Bytes.u8(quote, Ipv6.NEXT_HEADER), src, dst, transport));
    }

    private static QuotedPacket of(
            ByteBuffer quote, int protocol, IpAddress src, IpAddress dst, int transport) {
        IpPort from = new IpPort(src, Bytes.u16(quote, transport));
        IpPort to = new IpPort(dst, Bytes.u16(quote, transport + 2));
        return new QuotedPacket(protocol, from, to, quote.getInt(transport + 4));
    }
}
