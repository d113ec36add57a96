package dev.remora.io.udp;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// A `struct sockaddr_in` or `sockaddr_in6` in foreign memory that remembers the value it holds: most packets come from and go to the peer of
/// the packet before.
///
///     sockaddr_in   0 family | 2 port | 4 address 4 | 8 zero 8
///     sockaddr_in6  0 family | 2 port | 4 flow 4    | 8 address 16 | 24 scope 4
final class SocketAddress {
    static final int V4_LENGTH = 16;
    static final int V6_LENGTH = 28;

    private final boolean v4;
    private final ByteBuffer bytes;
    private @Nullable IpPort held;
    private long heldHigh;
    private long heldLow;
    private int heldPort;

    SocketAddress(MemorySegment memory, boolean v4) {
        this.v4 = v4;
        bytes = memory.asByteBuffer().order(ByteOrder.BIG_ENDIAN);
    }

    static int length(boolean v4) {
        return v4 ? V4_LENGTH : V6_LENGTH;
    }

    void set(IpPort value) {
        if (value.equals(held)) {
            return;
        }
        bytes.order(ByteOrder.nativeOrder())
                .putShort(0, (short) (v4 ? LibC.AF_INET : LibC.AF_INET6))
                .order(ByteOrder.BIG_ENDIAN)
                .putShort(2, (short) value.port());
        if (v4) {
            bytes.putInt(4, value.ip().v4Bits());
        } else {
            bytes.putLong(8, value.ip().high()).putLong(16, value.ip().low());
        }
        held = value;
    }

    /// What the kernel wrote; the same object as last time if it is the same address.
    IpPort get() {
        int port = Short.toUnsignedInt(bytes.getShort(2));
        long high = v4 ? 0 : bytes.getLong(8);
        long low = v4 ? Integer.toUnsignedLong(bytes.getInt(4)) : bytes.getLong(16);
        IpPort known = held;
        if (known != null && port == heldPort && low == heldLow && high == heldHigh) {
            return known;
        }
        heldPort = port;
        heldHigh = high;
        heldLow = low;
        IpPort read = new IpPort(new IpAddress(high, low, v4), port);
        held = read;
        return read;
    }
}
