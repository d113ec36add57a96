package dev.remora.proto.disco;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/// Twelve random bytes that tie a pong to its ping. Whoever can guess one can take over a path, so `random` must be a
/// cryptographic source outside of tests.
///
/// `high` holds the first eight bytes, `low` the last four, both big-endian.
public record TxId(long high, int low) {
    public static final int LENGTH = 12;

    public static TxId random(RandomGenerator random) {
        return new TxId(random.nextLong(), random.nextInt());
    }

    /// Reads the next 12 bytes; the caller has checked that they are there.
    public static TxId read(ByteBuffer in) {
        return new TxId(in.getLong(), in.getInt());
    }

    public void write(ByteBuffer out) {
        out.putLong(high).putInt(low);
    }

    /// The 24 hexadecimal digits.
    @Override
    public String toString() {
        return "%016x%08x".formatted(high, low);
    }
}
