package dev.remora.proto.stun;

import dev.remora.base.Bytes;
import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;

/// Walks over the attributes of a message, one at a time (RFC 8489 §14).
///
///     0        2        4
///     |  type  | length | value, then zero to three bytes of padding
final class Attributes {
    static final int MAPPED_ADDRESS = 0x0001;
    static final int XOR_MAPPED_ADDRESS = 0x0020;

    /// Where XOR-MAPPED-ADDRESS stood before RFC 5389 gave it its number; old servers still send it.
    static final int XOR_MAPPED_ADDRESS_OLD = 0x8020;

    static final int SOFTWARE = 0x8022;
    static final int FINGERPRINT = 0x8028;
    static final int HEADER_LENGTH = 4;

    private final ByteBuffer in;
    private int type;
    private ByteBuffer value;

    /// Starts at the position of `in`, which is moved along.
    Attributes(ByteBuffer in) {
        this.in = in;
        this.value = in;
    }

    /// Steps to the next attribute; false behind the last one.
    boolean next() throws MalformedException {
        if (!in.hasRemaining()) {
            return false;
        }
        Bytes.need(in, HEADER_LENGTH, "STUN attribute");
        type = Short.toUnsignedInt(in.getShort());
        int length = Short.toUnsignedInt(in.getShort());
        int padded = length + 3 & ~3;
        Bytes.need(in, padded, "STUN attribute value");
        value = in.slice(in.position(), length);
        in.position(in.position() + padded);
        return true;
    }

    int type() {
        return type;
    }

    /// The value of this attribute without its padding.
    ByteBuffer value() {
        return value;
    }
}
