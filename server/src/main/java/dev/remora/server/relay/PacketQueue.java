package dev.remora.server.relay;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Frames that wait until their receiver reads. Short in number and in bytes, and dropping from its front: late packets
/// are worth less than fresh ones, and long queues spoil the latency of all that pass.
final class PacketQueue {
    /// As many as the relays have that everybody runs.
    static final int MOST = 32;

    /// Room for four of the longest packets; of ordinary ones the number counts.
    static final int MOST_BYTES = 256 << 10;

    private final Deque<ByteBuf> frames = new ArrayDeque<>(0);
    private final QueueBudget budget;
    private final RelayCounts counts;
    private int bytes;

    PacketQueue(QueueBudget budget, RelayCounts counts) {
        this.budget = budget;
        this.counts = counts;
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    /// Takes the frame over.
    void add(ByteBuf frame) {
        int length = frame.readableBytes();
        while (frames.size() == MOST || bytes + length > MOST_BYTES) {
            dropOldest(Drop.QUEUE_FULL);
        }
        while (!budget.take(length)) {
            if (frames.isEmpty()) {
                frame.release();
                counts.dropped(Drop.NO_MEMORY);
                return;
            }
            dropOldest(Drop.NO_MEMORY);
        }
        frames.add(frame);
        bytes += length;
    }

    /// The oldest, which is the caller's from then on.
    @Nullable ByteBuf poll() {
        ByteBuf frame = frames.poll();
        if (frame != null) {
            budget.giveBack(frame.readableBytes());
            bytes -= frame.readableBytes();
        }
        return frame;
    }

    private void dropOldest(Drop why) {
        ByteBuf oldest = poll();
        if (oldest != null) {
            oldest.release();
            counts.dropped(why);
        }
    }

    void clear() {
        while (!frames.isEmpty()) {
            dropOldest(Drop.RECEIVER_LEFT);
        }
    }
}
