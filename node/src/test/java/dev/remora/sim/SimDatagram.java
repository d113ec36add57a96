package dev.remora.sim;

import dev.remora.base.IpPort;
import java.nio.ByteBuffer;

/// A UDP datagram on its way. The bytes are its own.
record SimDatagram(IpPort from, IpPort to, ByteBuffer bytes) {
    static SimDatagram copyOf(IpPort from, IpPort to, ByteBuffer bytes) {
        ByteBuffer copy =
                ByteBuffer.allocateDirect(bytes.remaining()).put(bytes.duplicate()).flip();
        return new SimDatagram(from, to, copy);
    }
}
