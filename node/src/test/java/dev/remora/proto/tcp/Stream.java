package dev.remora.proto.tcp;

import java.nio.ByteBuffer;

/// A stream of bytes each of which tells its place, so that a receiver can check without keeping anything.
final class Stream {
    private Stream() {}

    /// The byte at an offset (the first byte of a connection is at 1).
    static byte byteAt(long offset) {
        return (byte) (offset * 31 + (offset >>> 8) * 7 + (offset >>> 16));
    }

    static ByteBuffer bytes(long from, int length) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(length);
        for (int i = 0; i < length; i++) {
            bytes.put(byteAt(from + i));
        }
        return bytes.flip();
    }

    /// Checks the bytes from position to limit.
    static void check(ByteBuffer bytes, long from) {
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            byte expected = byteAt(from + i - bytes.position());
            if (bytes.get(i) != expected) {
                throw new AssertionError("wrong byte at offset " + (from + i - bytes.position()));
            }
        }
    }
}
