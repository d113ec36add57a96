package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

/// When to acknowledge: at once, at the end of the batch, or later (RFC 9293 §3.8.6.3, RFC 5681 §4.2). One
/// acknowledgement for a batch of many segments is enough, since each costs the tunnel an encryption.
final class AckPolicy {
    static final long DELAY = MILLISECONDS.toNanos(40);

    private static final int QUICK_ACKS = 16;
    private static final int DUPLICATES_AT_ONCE = 3;
    private static final int MOST_IN_GROWTH = 8;

    private static final long IDLE = MILLISECONDS.toNanos(200);

    private int quick = QUICK_ACKS;
    private int segments;
    private int bytes;
    private int segmentSize = 536;
    private int duplicates;
    private boolean immediate;
    private long dataAt;

    /// New data came in order.
    ///
    /// @param pushed the peer has nothing more to send at the moment
    void onInOrder(int length, boolean pushed, long now) {
        // A short request after a pause: its sender may wait for us before it goes on.
        immediate |= pushed && length < segmentSize && now - dataAt > IDLE;
        dataAt = now;
        segments++;
        bytes += length;
        segmentSize = Math.max(segmentSize, length);
        duplicates = 0;
        if (quick > 0) {
            quick--;
            immediate = true;
        }
    }

    /// A segment came ahead of a gap, or again. True if the acknowledgement must not even wait for the end of the batch: a
    /// peer without RACK counts the first three.
    ///
    /// Segments are being lost, and acknowledgements surely, too: the next ones go out at once. A sender whose window has
    /// shrunk to a few segments has nothing else to learn from.
    boolean onOutOfOrder() {
        immediate = true;
        quick = QUICK_ACKS;
        return ++duplicates <= DUPLICATES_AT_ONCE;
    }

    /// A gap was filled, a FIN came, the window opened: say so with the end of the batch.
    void atOnce() {
        immediate = true;
    }

    /// So much is unacknowledged in the middle of a batch that a sender which counts acknowledgements would suffer.
    boolean dueInBatch(boolean growing) {
        return growing && segments >= MOST_IN_GROWTH;
    }

    boolean dueAtEnd() {
        return immediate || bytes >= 2 * segmentSize;
    }

    /// Something waits for the delayed acknowledgement.
    boolean pending() {
        return segments > 0 || immediate;
    }

    /// A segment with the current acknowledgement number went out.
    void onAckSent() {
        segments = 0;
        bytes = 0;
        immediate = false;
    }
}
