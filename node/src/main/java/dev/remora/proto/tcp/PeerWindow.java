package dev.remora.proto.tcp;

/// What the peer offers to take: SND.WND with the rule for which segment may change it (RFC 9293 §3.10.7.4, step 5).
final class PeerWindow {
    private final int shift;
    private long size;
    private long edge = 1;
    private long largest;
    private long wl1 = Long.MIN_VALUE;
    private long wl2 = Long.MIN_VALUE;

    PeerWindow(int shift) {
        this.shift = shift;
    }

    /// The window of a SYN, never scaled.
    void onSyn(int field, long seq, long ack) {
        set(field, seq, ack);
    }

    /// True if the window is another one than before.
    boolean onSegment(TcpSegment segment, long seq, long ack) {
        boolean newer = wl1 < seq || wl1 == seq && wl2 <= ack;
        if (!newer) {
            return false;
        }
        long before = size;
        set((long) segment.window() << shift, seq, ack);
        return size != before;
    }

    private void set(long bytes, long seq, long ack) {
        size = bytes;
        edge = ack + bytes;
        largest = Math.max(largest, bytes);
        wl1 = seq;
        wl2 = ack;
    }

    /// The offset behind the last byte the peer takes now.
    long edge() {
        return edge;
    }

    long size() {
        return size;
    }

    /// MAX.SND.WND: the largest window the peer ever offered.
    long largest() {
        return largest;
    }
}
