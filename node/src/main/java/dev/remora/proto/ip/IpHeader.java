package dev.remora.proto.ip;

import dev.remora.base.IpAddress;
import java.nio.ByteBuffer;

/// The IP header of a packet we write: no options, hop limit 64, not a fragment. Both addresses are of one family; `id` is
/// the IPv4 identification or the IPv6 flow label.
public record IpHeader(IpAddress src, IpAddress dst, int protocol, int id) {
    private static final int HOP_LIMIT = 64;
    private static final int DONT_FRAGMENT = 0x4000;

    public IpHeader {
        if (src.v4() != dst.v4()) {
            throw new IllegalArgumentException(
                    "a packet from " + src + " to " + dst + " cannot be");
        }
    }

    /// The header of an answer to `packet`: addresses exchanged, and its identification complemented, so that it
    /// needs no counter and does not repeat the one it answers.
    public static IpHeader answerTo(IpPacket packet, int protocol) {
        return new IpHeader(packet.dst(), packet.src(), protocol, ~packet.id());
    }

    /// Bytes it takes: 20 or 40.
    public int length() {
        return length(src.v4());
    }

    public static int length(boolean v4) {
        return v4 ? Ipv4.HEADER_LENGTH : Ipv6.HEADER_LENGTH;
    }

    /// Writes the header of a packet with `payloadLength` bytes behind it and advances the position.
    public void write(ByteBuffer out, int payloadLength) {
        if (src.v4()) {
            writeV4(out, payloadLength, 0);
        } else {
            out.putInt(6 << 28 | id & Ipv6.FLOW_LABEL_MASK);
            out.putShort((short) payloadLength).put((byte) protocol).put((byte) HOP_LIMIT);
            src.write(out);
            dst.write(out);
        }
    }

    /// Like [#write], and nobody on the way may fragment the packet, so that its identification means nothing
    /// (RFC 6864 §4.1). IPv6 is so always.
    public void writeUnfragmented(ByteBuffer out, int payloadLength) {
        if (src.v4()) {
            writeV4(out, payloadLength, DONT_FRAGMENT);
        } else {
            write(out, payloadLength);
        }
    }

    /// Writes the header of one fragment with its fragment header: `offset` in bytes, `more` if it is not the last.
    public void writeFragment(
            ByteBuffer out, int payloadLength, int offset, boolean more, int fragmentId) {
        if (src.v4()) {
            new IpHeader(src, dst, protocol, fragmentId)
                    .writeV4(out, payloadLength, offset >>> 3 | (more ? 0x2000 : 0));
        } else {
            new IpHeader(src, dst, IpProtocol.FRAGMENT, id)
                    .write(out, payloadLength + Ipv6.FRAGMENT_HEADER_LENGTH);
            out.putShort((short) (protocol << 8)).putShort((short) (offset | (more ? 1 : 0)));
            out.putInt(fragmentId);
        }
    }

    /// Bytes that [#writeFragment] puts before the payload: 20 or 48.
    public int fragmentHeaderLength() {
        return src.v4() ? Ipv4.HEADER_LENGTH : Ipv6.HEADER_LENGTH + Ipv6.FRAGMENT_HEADER_LENGTH;
    }

    private void writeV4(ByteBuffer out, int payloadLength, int fragment) {
        int start = out.position();
        out.putShort((short) 0x4500).putShort((short) (Ipv4.HEADER_LENGTH + payloadLength));
        out.putShort((short) id).putShort((short) fragment);
        out.put((byte) HOP_LIMIT).put((byte) protocol).putShort((short) 0);
        src.write(out);
        dst.write(out);
        int checksum = Checksum.finish(Checksum.sum(out, start, Ipv4.HEADER_LENGTH));
        out.putShort(start + Ipv4.CHECKSUM, (short) checksum);
    }

    /// The sum of the pseudo-header for `length` bytes of transport header and payload.
    public long pseudoHeader(int length) {
        return Checksum.pseudoHeader(src, dst, protocol, length);
    }
}
