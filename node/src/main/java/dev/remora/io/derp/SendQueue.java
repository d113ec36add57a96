package dev.remora.io.derp;

import dev.remora.proto.derp.DerpFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Deque;

/// Frames that wait for a connection or for room in it. Short, and dropping from its front: late packets are worth
/// less than fresh ones.
final class SendQueue {
    private static final int MOST = 32;

    private final Deque<ByteBuf> frames = new ArrayDeque<>(MOST);
    private final DropCounts drops;

    SendQueue(DropCounts drops) {
        this.drops = drops;
    }

    /// A frame in a buffer of its own, ready to be written.
    static ByteBuf bytesOf(DerpFrame frame) {
        int length = frame.length();
        ByteBuf bytes = ByteBufAllocator.DEFAULT.directBuffer(length, length);
        frame.writeTo(bytes.nioBuffer(0, length));
        return bytes.writerIndex(length);
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    void add(ByteBuf frame) {
        if (frames.size() == MOST) {
            frames.remove().release();
            drops.count(DropReason.QUEUE_FULL);
        }
        frames.add(frame);
    }

    ByteBuf remove() {
        return frames.remove();
    }

    void giveUp() {
        for (ByteBuf frame : frames) {
            frame.release();
            drops.count(DropReason.GIVEN_UP);
        }
        frames.clear();
    }
}
