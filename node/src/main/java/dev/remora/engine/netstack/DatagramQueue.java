package dev.remora.engine.netstack;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;

/// A [UdpHandler] that keeps datagrams until somebody asks: at most 64 and at most 128 KiB of them. What comes when it is
/// full is dropped and counted.
public final class DatagramQueue implements UdpHandler {
    private static final int MOST_DATAGRAMS = 64;
    private static final int MOST_BYTES = 128 * 1024;

    private final ArrayDeque<Datagram> queue = new ArrayDeque<>();
    private int bytes;
    private long dropped;

    /// Who sent what to which of our addresses.
    public record Datagram(IpPort from, IpAddress to, ByteBuffer payload) {}

    @Override
    public void onDatagram(UdpPort port, IpPort from, IpAddress to, ByteBuffer payload) {
        if (queue.size() == MOST_DATAGRAMS || bytes + payload.remaining() > MOST_BYTES) {
            dropped++;
            return;
        }
        ByteBuffer copy = ByteBuffer.allocate(payload.remaining()).put(payload).flip();
        bytes += copy.remaining();
        queue.add(new Datagram(from, to, copy));
    }

    /// The oldest datagram.
    public Optional<Datagram> poll() {
        Optional<Datagram> oldest = Optional.ofNullable(queue.poll());
        oldest.ifPresent(datagram -> bytes -= datagram.payload.capacity());
        return oldest;
    }

    /// How many came when there was no room.
    public long dropped() {
        return dropped;
    }
}
