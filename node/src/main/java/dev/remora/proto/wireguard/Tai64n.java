package dev.remora.proto.wireguard;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.nio.ByteBuffer;

/// The time stamp of an initiation: 8 bytes of TAI seconds, 4 bytes of nanoseconds, big-endian, so that later stamps
/// compare greater byte by byte.
final class Tai64n {
    static final int LENGTH = 12;

    /// Stamps are this coarse, in nanoseconds, so that they do not tell how our clock deviates.
    static final long GRANULE = 1L << 24;

    /// 2^62, and the ten seconds that TAI was ahead in 1970.
    private static final long BASE = 0x4000_0000_0000_000aL;

    private Tai64n() {}

    /// The stamp of a moment in nanoseconds since 1970.
    static byte[] of(long unixNanos) {
        long nanos = unixNanos % SECONDS.toNanos(1);
        return ByteBuffer.allocate(LENGTH)
                .putLong(BASE + unixNanos / SECONDS.toNanos(1))
                .putInt((int) (nanos & -GRANULE))
                .array();
    }
}
