package dev.remora.proto.tcp;

/// Reads the SACK option of an acknowledgement: which blocks are valid (RFC 2018), which is a D-SACK (RFC 2883 §4), and
/// what is new compared with the acknowledgement before, since each repeats what the last ones said.
final class SackReader {
    private static final int MOST = 4;
    private static final long[] NONE = {};

    private final int iss;

    // Most connections never see a SACK option: the arrays are made with the first one.
    private long[] left = NONE;
    private long[] right = NONE;
    private int count;
    private long[] lastLeft = NONE;
    private long[] lastRight = NONE;
    private int lastCount;

    private boolean duplicate;
    private long duplicateLeft;
    private long duplicateRight;

    SackReader(int iss) {
        this.iss = iss;
    }

    void read(TcpSegment segment, long una, long nxt) {
        duplicate = false;
        if (segment.sackBlocks() == 0 && count == 0) {
            return;
        }
        if (left.length == 0) {
            left = new long[MOST];
            right = new long[MOST];
            lastLeft = new long[MOST];
            lastRight = new long[MOST];
        }
        System.arraycopy(left, 0, lastLeft, 0, count);
        System.arraycopy(right, 0, lastRight, 0, count);
        lastCount = count == 0 ? lastCount : count;
        count = 0;
        for (int i = 0; i < segment.sackBlocks(); i++) {
            long from = Seq.unwrap(iss, segment.sackLeft(i), una);
            long to = Seq.unwrap(iss, segment.sackRight(i), una);
            if (i == 0 && isDuplicate(segment, from, to, una)) {
                duplicate = true;
                duplicateLeft = from;
                duplicateRight = to;
            } else if (una < to && from < to && to <= nxt && from >= una) {
                insert(from, to);
            }
        }
    }

    /// The first block reports a duplicate if it lies below the acknowledgement or inside the second block.
    private boolean isDuplicate(TcpSegment segment, long from, long to, long una) {
        if (from >= to) {
            return false;
        }
        if (to <= una) {
            return true;
        }
        return segment.sackBlocks() > 1
                && from >= Seq.unwrap(iss, segment.sackLeft(1), una)
                && to <= Seq.unwrap(iss, segment.sackRight(1), una);
    }

    /// Kept in order of sequence, so that a later block does not look reordered.
    private void insert(long from, long to) {
        int at = count++;
        while (at > 0 && left[at - 1] > from) {
            left[at] = left[at - 1];
            right[at] = right[at - 1];
            at--;
        }
        left[at] = from;
        right[at] = to;
    }

    /// Marks what the blocks report, skipping what the last acknowledgement reported already.
    void apply(SendRecords records, SendRecords.Delivered delivered) {
        for (int i = 0; i < count; i++) {
            int known = lastInside(left[i], right[i]);
            if (known < 0) {
                records.sack(left[i], right[i], left[i], right[i], delivered);
            } else {
                records.sack(left[i], right[i], left[i], lastLeft[known], delivered);
                records.sack(left[i], right[i], lastRight[known], right[i], delivered);
            }
        }
    }

    private int lastInside(long from, long to) {
        for (int i = 0; i < lastCount; i++) {
            if (lastLeft[i] >= from && lastRight[i] <= to) {
                return i;
            }
        }
        return -1;
    }

    boolean duplicate() {
        return duplicate;
    }

    long duplicateLeft() {
        return duplicateLeft;
    }

    long duplicateRight() {
        return duplicateRight;
    }

    /// The receiver took back what it had reported.
    void forget() {
        count = 0;
        lastCount = 0;
    }
}
