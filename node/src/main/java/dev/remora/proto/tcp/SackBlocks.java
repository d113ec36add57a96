package dev.remora.proto.tcp;

import java.nio.ByteBuffer;

/// What our acknowledgements report beyond the acknowledgement number: a duplicate that came (D-SACK, RFC 2883), then
/// the ranges ahead of the gap, the one that was touched last first (RFC 2018 §4).
final class SackBlocks {
    private final Ranges ahead;
    private final int initial;
    private boolean enabled;
    private long duplicateLeft;
    private long duplicateRight;

    SackBlocks(Ranges ahead, int initialSequence) {
        this.ahead = ahead;
        initial = initialSequence;
    }

    void enable(boolean negotiated) {
        enabled = negotiated;
    }

    void duplicate(long left, long right) {
        duplicateLeft = left;
        duplicateRight = right;
    }

    boolean nothingToSay() {
        return !enabled || duplicateRight <= duplicateLeft && ahead.recentCount() == 0;
    }

    /// Writes at most `most` blocks as an option, nothing if there is nothing to report. A duplicate is reported once.
    void write(ByteBuffer out, int most) {
        boolean duplicate = duplicateRight > duplicateLeft;
        if (nothingToSay()) {
            return;
        }
        int ranges = Math.min(ahead.recentCount(), duplicate ? most - 1 : most);
        TcpOptions.writeSackHead(out, ranges + (duplicate ? 1 : 0));
        if (duplicate) {
            block(out, duplicateLeft, duplicateRight);
            duplicateRight = duplicateLeft;
        }
        for (int i = 0; i < ranges; i++) {
            int index = ahead.recent(i);
            block(out, ahead.left(index), ahead.right(index));
        }
    }

    private void block(ByteBuffer out, long left, long right) {
        out.putInt(Seq.wire(initial, left)).putInt(Seq.wire(initial, right));
    }
}
