package dev.remora.proto.disco;

import dev.remora.base.Bytes;
import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;

/// The eight bytes in front of everything that goes through a peer relay (RFC 8926 §3.4, without options).
///
///     0               1               2           4           7
///     | ver 2, opt 6  | control 0x80  | protocol  | vni 24    | 0 |
///
/// @param version 0 in all we know
/// @param control set on the messages between a client and the relay itself
/// @param protocol [#DISCO] or [#WIREGUARD]
/// @param vni which allocation at the relay, 24 bits
public record GeneveHeader(int version, boolean control, int protocol, int vni) {
    public static final int LENGTH = 8;
    public static final int DISCO = 0x7a11;
    public static final int WIREGUARD = 0x7a12;

    /// Offset of the protocol field.
    public static final int PROTOCOL = 2;

    private static final int CONTROL = 0x80;
    private static final int RESERVED = 7;

    /// Whether what remains of `datagram` may start with such a header: version 0, nothing in the reserved
    /// bits. Says nothing about the protocol.
    public static boolean looksLikeGeneve(ByteBuffer datagram) {
        int at = datagram.position();
        return datagram.remaining() >= LENGTH
                && (datagram.get(at) & 0xc0) == 0
                && (datagram.get(at + 1) & 0x3f) == 0
                && datagram.get(at + RESERVED) == 0;
    }

    /// Reads the header and leaves `in` behind it. Length of options and reserved bits are not looked at: whether a
    /// datagram is one of ours at all is asked before.
    public static GeneveHeader parse(ByteBuffer in) throws MalformedException {
        Bytes.need(in, LENGTH, "Geneve header");
        int version = Byte.toUnsignedInt(in.get()) >>> 6;
        boolean control = (in.get() & CONTROL) != 0;
        int protocol = Short.toUnsignedInt(in.getShort());
        return new GeneveHeader(version, control, protocol, in.getInt() >>> 8);
    }

    public void writeTo(ByteBuffer out) {
        out.put((byte) (version << 6)).put((byte) (control ? CONTROL : 0));
        out.putShort((short) protocol).putInt(vni << 8);
    }
}
