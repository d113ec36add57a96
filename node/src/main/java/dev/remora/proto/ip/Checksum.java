package dev.remora.proto.ip;

import dev.remora.base.IpAddress;
import java.nio.ByteBuffer;

/// The Internet checksum (RFC 1071). Sums are kept unfolded in a `long` and may be added to each other, as long as
/// every part but the last has an even length; [#finish] folds and complements.
///
/// Summing 64 bits at a time in this shape is what the compiler turns into vector instructions: about 40 ns for a
/// full packet, where reading 16-bit words takes 180.
public final class Checksum {
    private Checksum() {}

    /// The sum over `length` bytes of a big-endian buffer from the absolute index `from`; an odd last byte counts as
    /// if a zero byte followed.
    public static long sum(ByteBuffer bytes, int from, int length) {
        long sum = 0;
        int end = from + (length & ~7);
        for (int i = from; i < end; i += 8) {
            long word = bytes.getLong(i);
            sum += (word & 0xffff_ffffL) + (word >>> 32);
        }
        return sum + sumTail(bytes, end, length & 7);
    }

    private static long sumTail(ByteBuffer bytes, int from, int length) {
        long sum = 0;
        int at = from;
        int end = from + length;
        for (; at + 2 <= end; at += 2) {
            sum += Short.toUnsignedLong(bytes.getShort(at));
        }
        return at < end ? sum + ((bytes.get(at) & 0xffL) << 8) : sum;
    }

    /// The sum of the pseudo-header that TCP, UDP and ICMPv6 include (RFC 9293 §3.1, RFC 8200 §8.1).
    public static long pseudoHeader(IpAddress src, IpAddress dst, int protocol, int length) {
        return sum(src) + sum(dst) + protocol + length;
    }

    /// The same, with the addresses read from the header of `packet`.
    public static long pseudoHeader(IpPacket packet, int protocol, int length) {
        ByteBuffer bytes = packet.bytes();
        return packet.version() == 4
                ? sum(bytes, packet.start() + 12, 8) + protocol + length
                : sum(bytes, packet.start() + 8, 32) + protocol + length;
    }

    /// The sum over the bytes of an address.
    public static long sum(IpAddress ip) {
        return (ip.high() & 0xffff_ffffL)
                + (ip.high() >>> 32)
                + (ip.low() & 0xffff_ffffL)
                + (ip.low() >>> 32);
    }

    /// The value of a checksum field. Over data that contains a right one, the result is 0.
    public static int finish(long sum) {
        return ~fold(sum) & 0xffff;
    }

    /// The sum in 16 bits, carries added back in.
    public static int fold(long sum) {
        long folded = (sum & 0xffff_ffffL) + (sum >>> 32);
        folded = (folded & 0xffff) + (folded >>> 16);
        folded = (folded & 0xffff) + (folded >>> 16);
        return (int) ((folded & 0xffff) + (folded >>> 16));
    }
}
