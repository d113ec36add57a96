package dev.remora.server.relay;

import dev.remora.crypto.NodeKey;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Frames that wait until their receiver reads. Short in number and in bytes, and dropping the oldest of whoever has most
/// in it: late packets are worth less than fresh ones, long queues spoil the latency of all that pass, and a sender that
/// floods a receiver loses its own packets, not those of others.
final class PacketQueue {
    /// As many as the relays have that everybody runs.
    static final int MOST = 32;

    /// Room for four of the longest packets; of ordinary ones the number counts.
    static final int MOST_BYTES = 256 << 10;

    private record Waiting(NodeKey from, ByteBuf frame) {}

    private final Deque<Waiting> frames = new ArrayDeque<>(0);
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
    void add(NodeKey from, ByteBuf frame) {
        int length = frame.readableBytes();
        while (frames.size() == MOST || bytes + length > MOST_BYTES) {
            drop(Drop.QUEUE_FULL);
        }
        while (!budget.take(length, bytes)) {
            if (frames.isEmpty()) {
                frame.release();
                counts.dropped(Drop.NO_MEMORY);
                return;
            }
            drop(Drop.NO_MEMORY);
        }
        frames.add(new Waiting(from, frame));
        bytes += length;
    }

    /// The oldest, which is the caller's from then on.
    @Nullable ByteBuf poll() {
        Waiting oldest = frames.poll();
        return oldest == null ? null : taken(oldest);
    }

    private ByteBuf taken(Waiting waiting) {
        int length = waiting.frame().readableBytes();
        budget.giveBack(length);
        bytes -= length;
        return waiting.frame();
    }

    /// Drops the oldest frame of the sender that has most bytes here.
    private void drop(Drop why) {
        NodeKey greediest = greediest();
        for (Iterator<Waiting> each = frames.iterator(); each.hasNext(); ) {
            Waiting waiting = each.next();
            if (waiting.from().equals(greediest)) {
                each.remove();
                taken(waiting).release();
                counts.dropped(why);
                return;
            }
        }
        throw new IllegalStateException("nothing to drop");
    }

    private @Nullable NodeKey greediest() {
        Map<NodeKey, Integer> held = new HashMap<>();
        NodeKey greediest = null;
        int most = 0;
        for (Waiting waiting : frames) {
            int sum = held.merge(waiting.from(), waiting.frame().readableBytes(), Integer::sum);
            if (sum > most) {
                most = sum;
                greediest = waiting.from();
            }
        }
        return greediest;
    }

    void clear() {
        for (Waiting waiting : frames) {
            taken(waiting).release();
            counts.dropped(Drop.RECEIVER_LEFT);
        }
        frames.clear();
    }
}
