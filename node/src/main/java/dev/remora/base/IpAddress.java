package dev.remora.base;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// An IPv4 or IPv6 address as a value. Scopes ("%eth0") are not part of it. An IPv4-mapped IPv6 address read from a
/// wire format that carries both families becomes the IPv4 address it stands for ([#readMapped]).
///
/// `high` and `low` are the 128 bits in order; an IPv4 address has its 32 bits at the end of `low` and `v4` set.
public record IpAddress(long high, long low, boolean v4) implements Comparable<IpAddress> {
    public static final IpAddress ANY_V4 = v4(0);
    public static final IpAddress ANY_V6 = v6(0, 0);
    public static final IpAddress LOOPBACK_V4 = v4(0x7f000001);
    public static final IpAddress LOOPBACK_V6 = v6(0, 1);

    private static final long MAPPED = 0xffff_0000_0000L;

    public IpAddress {
        if (v4 && (high != 0 || low >>> 32 != 0)) {
            throw new IllegalArgumentException("an IPv4 address has 32 bits");
        }
    }

    public static IpAddress v4(int bits) {
        return new IpAddress(0, Integer.toUnsignedLong(bits), true);
    }

    public static IpAddress v6(long high, long low) {
        return new IpAddress(high, low, false);
    }

    /// Takes 4 or 16 bytes in network order.
    public static IpAddress of(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return switch (bytes.length) {
            case 4 -> readV4(in);
            case 16 -> readV6(in);
            default ->
                    throw new IllegalArgumentException(
                            "an address has 4 or 16 bytes, not " + bytes.length);
        };
    }

    /// Reads the text forms of RFC 4291 §2.2 and dotted IPv4 without leading zeros; no scope, no brackets.
    public static IpAddress parse(String text) throws MalformedException {
        return IpText.parse(text);
    }

    public static IpAddress readV4(ByteBuffer in) {
        return v4(in.getInt());
    }

    public static IpAddress readV6(ByteBuffer in) {
        return v6(in.getLong(), in.getLong());
    }

    /// Reads 16 bytes and turns `::ffff:a.b.c.d` into the IPv4 address `a.b.c.d`.
    public static IpAddress readMapped(ByteBuffer in) {
        return readV6(in).unmapped();
    }

    /// The IPv4 address inside an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2); any other address is itself.
    public IpAddress unmapped() {
        return !v4 && high == 0 && low >>> 32 == MAPPED >>> 32 ? v4((int) low) : this;
    }

    /// Writes 4 or 16 bytes.
    public void write(ByteBuffer out) {
        if (v4) {
            out.putInt((int) low);
        } else {
            out.putLong(high).putLong(low);
        }
    }

    /// Writes 16 bytes, IPv4 as `::ffff:a.b.c.d`.
    public void writeMapped(ByteBuffer out) {
        out.putLong(high).putLong(v4 ? MAPPED | low : low);
    }

    public byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(length());
        write(out);
        return out.array();
    }

    /// Bytes on the wire: 4 or 16.
    public int length() {
        return v4 ? 4 : 16;
    }

    /// Bits in the address: 32 or 128.
    public int bits() {
        return v4 ? 32 : 128;
    }

    /// The 32 bits of an IPv4 address.
    public int v4Bits() {
        if (!v4) {
            throw new IllegalStateException(this + " is no IPv4 address");
        }
        return (int) low;
    }

    public boolean isUnspecified() {
        return high == 0 && low == 0;
    }

    public boolean isLoopback() {
        return v4 ? low >>> 24 == 127 : high == 0 && low == 1;
    }

    /// RFC 1918 or a unique local address (RFC 4193); the shared range 100.64.0.0/10 is not private.
    public boolean isPrivate() {
        return v4
                ? low >>> 24 == 10 || low >>> 20 == 0xac1 || low >>> 16 == 0xc0a8
                : high >>> 57 == 0xfc >>> 1;
    }

    /// Link-local unicast: 169.254.0.0/16 or fe80::/10.
    public boolean isLinkLocal() {
        return v4 ? low >>> 16 == 0xa9fe : high >>> 54 == 0xfe80 >>> 6;
    }

    public boolean isMulticast() {
        return v4 ? low >>> 28 == 0xe : high >>> 56 == 0xff;
    }

    // Written out, as in Bytes32, because every packet asks: what a record generates is several
    // times slower.

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof IpAddress ip && low == ip.low && high == ip.high && v4 == ip.v4;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high * 31 + low) ^ (v4 ? 0x55555555 : 0);
    }

    /// IPv4 before IPv6, each in numeric order.
    @Override
    public int compareTo(IpAddress other) {
        if (v4 != other.v4) {
            return v4 ? -1 : 1;
        }
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /// Dotted decimal, or the canonical IPv6 text of RFC 5952.
    @Override
    public String toString() {
        return IpText.format(this);
    }
}
