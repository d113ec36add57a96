package dev.remora.proto.stun;

import dev.remora.base.Bytes;
import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/// The question "from which address do you see me?".
///
///     0        20                         32
///     | header | SOFTWARE, 8, "tailnode"  | FINGERPRINT, 4, CRC-32 |
///
/// The order is fixed: servers that filter packets in the kernel look for SOFTWARE at byte 20.
public record BindingRequest(TxId txId) {
    public static final int LENGTH = 40;

    private static final byte[] TAILNODE = "tailnode".getBytes(StandardCharsets.US_ASCII);
    private static final int FINGERPRINT_LENGTH = 4;

    /// "XOR'ed with the 32-bit value 0x5354554e" (RFC 8489 §14.7): "STUN" in ASCII.
    private static final int FINGERPRINT_XOR = 0x5354554e;

    /// Reads the datagram between position and limit as a server does: only software of this protocol family is
    /// answered, and only with a right fingerprint as the last attribute. The header's length field is not consulted;
    /// the fingerprint covers it anyway.
    public static BindingRequest parse(ByteBuffer datagram) throws MalformedException {
        if (!Stun.looksLikeStun(datagram)) {
            throw new MalformedException("no STUN message");
        }
        ByteBuffer in = datagram.slice();
        if (in.getShort() != Stun.BINDING_REQUEST) {
            throw new MalformedException("no binding request");
        }
        TxId txId = TxId.read(in.position(8));
        boolean fromTailnode = false;
        Attributes attributes = new Attributes(in);
        while (attributes.next()) {
            fromTailnode |= isTailnode(attributes);
        }
        if (!fromTailnode) {
            throw new MalformedException("binding request of other software");
        }
        checkFingerprint(attributes, in);
        return new BindingRequest(txId);
    }

    private static boolean isTailnode(Attributes attribute) {
        return attribute.type() == Attributes.SOFTWARE
                && attribute.value().equals(ByteBuffer.wrap(TAILNODE));
    }

    private static void checkFingerprint(Attributes last, ByteBuffer message)
            throws MalformedException {
        if (last.type() != Attributes.FINGERPRINT
                || last.value().remaining() != FINGERPRINT_LENGTH) {
            throw new MalformedException("binding request does not end in a fingerprint");
        }
        int covered = message.limit() - Attributes.HEADER_LENGTH - FINGERPRINT_LENGTH;
        if (Bytes.u32(last.value(), 0)
                != Integer.toUnsignedLong(fingerprint(message.slice(0, covered)))) {
            throw new MalformedException("binding request with a wrong fingerprint");
        }
    }

    /// Writes [#LENGTH] bytes.
    public void writeTo(ByteBuffer out) {
        int start = out.position();
        out.putShort((short) Stun.BINDING_REQUEST);
        out.putShort((short) (LENGTH - Stun.HEADER_LENGTH));
        out.putInt(Stun.MAGIC_COOKIE);
        txId.write(out);
        out.putShort((short) Attributes.SOFTWARE).putShort((short) TAILNODE.length).put(TAILNODE);
        int fingerprint = fingerprint(out.slice(start, out.position() - start));
        out.putShort((short) Attributes.FINGERPRINT).putShort((short) FINGERPRINT_LENGTH);
        out.putInt(fingerprint);
    }

    private static int fingerprint(ByteBuffer covered) {
        CRC32 crc = new CRC32();
        crc.update(covered);
        return (int) crc.getValue() ^ FINGERPRINT_XOR;
    }
}
