package dev.remora.base;

import java.nio.ByteBuffer;

/// Reading unsigned numbers out of a buffer, with the length checks every parser needs.
public final class Bytes {
    private Bytes() {}

    /// Refuses `in` unless at least `length` bytes remain.
    public static void need(ByteBuffer in, int length, String what) throws MalformedException {
        if (in.remaining() < length) {
            throw new MalformedException(what + " shorter than " + length + " bytes");
        }
    }

    public static int u8(ByteBuffer in, int index) {
        return Byte.toUnsignedInt(in.get(index));
    }

    public static int u16(ByteBuffer in, int index) {
        return Short.toUnsignedInt(in.getShort(index));
    }

    public static long u32(ByteBuffer in, int index) {
        return Integer.toUnsignedLong(in.getInt(index));
    }

    /// Takes the next `length` bytes as an array of their own; the caller has checked that they are there.
    public static byte[] take(ByteBuffer in, int length) {
        byte[] taken = new byte[length];
        in.get(taken);
        return taken;
    }
}
