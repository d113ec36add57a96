package dev.remora.base;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Thirty-two bytes that compare by value: what public keys, hashes and secrets of this protocol family are made of.
/// The four components are the bytes in order, big-endian.
public record Bytes32(long a, long b, long c, long d) {
    public static final int LENGTH = 32;
    public static final Bytes32 ZERO = new Bytes32(0, 0, 0, 0);

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /// Takes an array of exactly 32 bytes.
    public static Bytes32 of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("need 32 bytes, got " + bytes.length);
        }
        return of(bytes, 0);
    }

    /// Takes the 32 bytes that start at `offset`.
    public static Bytes32 of(byte[] bytes, int offset) {
        return new Bytes32(
                (long) LONGS.get(bytes, offset),
                (long) LONGS.get(bytes, offset + 8),
                (long) LONGS.get(bytes, offset + 16),
                (long) LONGS.get(bytes, offset + 24));
    }

    /// Reads the next 32 bytes of a big-endian buffer; the caller has checked that they are there.
    public static Bytes32 read(ByteBuffer in) {
        return new Bytes32(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }

    public void write(ByteBuffer out) {
        out.putLong(a).putLong(b).putLong(c).putLong(d);
    }

    public byte[] toBytes() {
        byte[] bytes = new byte[LENGTH];
        LONGS.set(bytes, 0, a);
        LONGS.set(bytes, 8, b);
        LONGS.set(bytes, 16, c);
        LONGS.set(bytes, 24, d);
        return bytes;
    }

    public boolean isZero() {
        return (a | b | c | d) == 0;
    }

    /// The 64 lower-case hexadecimal digits.
    public String hex() {
        return HexFormat.of().formatHex(toBytes());
    }

    /// Reads what [#hex] writes; upper-case digits are accepted too.
    public static Bytes32 parseHex(String text) throws MalformedException {
        if (text.length() != 2 * LENGTH) {
            throw new MalformedException(
                    "want 64 hexadecimal digits, got " + text.length() + " characters");
        }
        try {
            return of(HexFormat.of().parseHex(text));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("not hexadecimal");
        }
    }

    // Written out because every packet asks: what a record generates is several times slower.

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof Bytes32 bytes
                        && a == bytes.a
                        && b == bytes.b
                        && c == bytes.c
                        && d == bytes.d;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(((a * 31 + b) * 31 + c) * 31 + d);
    }

    @Override
    public String toString() {
        return hex();
    }
}
