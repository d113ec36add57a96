package dev.remora.lab.net;

import java.util.random.RandomGenerator;

/// One direction of a link: when each packet comes out, or that it does not. It counts slots and holds no packets.
///
///     in ─ loss ─ queue (bounded) ─ sent at the link's rate ─ under way for the delay ─ out
///
/// Slots are used in turn, so packets never overtake each other. Time is nanoseconds since any start.
final class DelayLine {
    /// How many packets can be inside at once.
    static final int SLOTS = 1 << 14;

    private static final double NANOS = 1e9;
    private static final int BITS = 8;

    private final LinkShape shape;
    private final long delay;
    private final RandomGenerator random;
    private final long[] dueAt = new long[SLOTS];
    private long sentUntil;
    private long entered;
    private long left;

    DelayLine(LinkShape shape, RandomGenerator random) {
        this.shape = shape;
        this.delay = shape.delay().toNanos();
        this.random = random;
    }

    /// The slot that the next packet goes to if [#enter] takes it.
    int nextSlot() {
        return (int) (entered % SLOTS);
    }

    /// Takes a packet of `bytes`, or drops it.
    boolean enter(long now, int bytes) {
        long start = Math.max(sentUntil, now);
        double waiting = (start - now) / NANOS * shape.bitsPerSecond() / BITS;
        boolean dropped =
                entered - left == SLOTS
                        || waiting + bytes > shape.queueBytes()
                        || random.nextDouble() < shape.loss();
        if (dropped) {
            return false;
        }
        sentUntil = start + (long) (bytes * BITS * NANOS / shape.bitsPerSecond());
        dueAt[nextSlot()] = sentUntil + delay;
        entered++;
        return true;
    }

    /// When the next packet comes out; `Long.MAX_VALUE` if none is inside.
    long nextDueAt() {
        return entered == left ? Long.MAX_VALUE : dueAt[(int) (left % SLOTS)];
    }

    /// Takes out the packet that is due, and says in which slot it was.
    int leave() {
        return (int) (left++ % SLOTS);
    }
}
