package dev.remora.engine;

import dev.remora.proto.ip.PacketSink;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// The memory that outgoing packets are written, encrypted and sent from, one behind the other.
///
///     | 16 | packet | padding | 16 || 16 | packet | padding | 16 || …
///      header         to 16    tag
///
/// Each packet becomes its WireGuard datagram in place, and the next one starts where that datagram ends: consecutive datagrams to one peer thus form
/// a run that a single system call can send. A packet that was not sent from here (dropped, kept for later, copied to a relay) gives its place to the
/// next one.
final class PacketArena implements PacketSink {
    /// Four runs of the size the kernel takes at once.
    private static final int SIZE = 256 * 1024;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(SIZE);

    /// What [#onPacket] gets to see, of one packet after the other.
    private final ByteBuffer view = memory.duplicate();

    private final long address = MemorySegment.ofBuffer(memory).address();
    private final Consumer<ByteBuffer> onPacket;
    private final Runnable flush;
    private int next;
    private int begun;

    /// @param onPacket takes each finished packet as position to limit of a view of the whole arena, which is the next one's afterwards
    /// @param flush sends every run that still lies in the arena and resets it; called before memory is used again
    PacketArena(Consumer<ByteBuffer> onPacket, Runnable flush) {
        this.onPacket = onPacket;
        this.flush = flush;
    }

    @Override
    public ByteBuffer begin(int maxLength) {
        if (next + HEADROOM + maxLength + TAILROOM > SIZE) {
            flush.run();
        }
        begun = next + HEADROOM;
        return memory.slice(begun, maxLength);
    }

    @Override
    public void end(ByteBuffer packet) {
        onPacket.accept(view.limit(begun + packet.limit()).position(begun));
    }

    /// Whether `datagram` is a view of this arena, with the arena's own positions.
    boolean holds(ByteBuffer datagram) {
        return datagram.capacity() == SIZE
                && MemorySegment.ofBuffer(datagram).address() == address + datagram.position();
    }

    /// Keeps `datagram`, a view of this arena, in place until the next flush.
    void keep(ByteBuffer datagram) {
        next = Math.max(next, datagram.limit());
    }

    /// Everything was sent: the arena starts over.
    void reset() {
        next = 0;
    }
}
