package dev.remora.proto.tcp;

/// What we promise to take. The right edge never moves left, moves right only in steps worth a segment (RFC 9293
/// §3.8.6.2.2), and is remembered as the peer sees it after scaling. The size follows what the owner consumes in a
/// round trip: twice that, so that a sender that doubles is not held back.
final class ReceiveWindow {
    private static final int SLACK_SEGMENTS = 16;
    private static final int LARGE = 256 * 1024;

    private final TcpMemory memory;
    private final int most;
    private final int mss;
    private int shift;
    private int size;
    private long edge;

    private long rtt;
    private long roundEndsAt;
    private long consumedBefore;
    private long lastRound;
    private boolean growing = true;

    ReceiveWindow(TcpMemory memory, TcpConfig.Buffers buffers, int mss) {
        this.memory = memory;
        this.mss = mss;
        most = buffers.maxWindow();
        size = memory.receiveQuota(0, Math.min(buffers.initialWindow(), most));
        lastRound = size / 4;
    }

    /// The shift of our windows, known once the handshake is done.
    void scale(int windowShift) {
        shift = windowShift;
    }

    int size() {
        return size;
    }

    /// The offset behind the last byte the peer may send.
    long edge() {
        return edge;
    }

    /// The consumption still rises from round to round, so the sender is still looking for the path's rate.
    boolean growing() {
        return growing;
    }

    /// The window field of a SYN, which is never scaled.
    int synField(long next) {
        int field = Math.min(size, 0xffff);
        edge = next + field;
        return field;
    }

    /// The window field of a segment that acknowledges up to `next`; moves the edge.
    int field(long next, long read) {
        long wish = read + size;
        long window = Math.max(edge - next, 0);
        int step = Math.min(size / 2, mss);
        long field =
                wish - edge >= Math.max(step, 1)
                        ? Math.max((wish - next) >>> shift, roundUp(window))
                        : roundUp(window);
        field = Math.min(field, 0xffff);
        edge = Math.max(edge, next + (field << shift));
        return (int) field;
    }

    /// In units of the scale, not below `window`: an edge may move right a little, never left.
    private long roundUp(long window) {
        return (window + (1L << shift) - 1) >>> shift;
    }

    /// So much room has become free that the peer should be told without waiting for a reason to send.
    boolean worthUpdate(long next, long read) {
        long gain = read + size - edge;
        if (edge - next < mss) {
            return gain >= Math.min(mss, size / 2) && gain > 0;
        }
        return gain >= (size > LARGE ? size / 4 : Math.min(2 * mss, size / 2));
    }

    /// Takes a sample of the round trip as the receiver sees it, from an echoed timestamp or the handshake.
    void rttSample(long sample) {
        rtt = rtt == 0 ? sample : rtt + (sample - rtt) / 8;
    }

    /// The owner has consumed everything up to `read`: once per round trip the size follows.
    void onConsumed(long read, long now) {
        if (now < roundEndsAt || rtt == 0) {
            return;
        }
        long consumed = read - consumedBefore;
        boolean first = roundEndsAt == 0;
        consumedBefore = read;
        roundEndsAt = now + rtt;
        if (!first) {
            adapt(consumed);
        }
    }

    private void adapt(long consumed) {
        growing = consumed > lastRound;
        long wanted = size;
        if (growing) {
            long target = 2 * consumed + (long) SLACK_SEGMENTS * mss;
            long growth = lastRound == 0 ? target : target * (consumed - lastRound) / lastRound;
            wanted = Math.clamp(target + Math.min(growth, target), size, most);
            lastRound = consumed;
        }
        size = memory.receiveQuota(size, (int) wanted);
    }
}
