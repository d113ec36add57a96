package dev.remora.proto.tcp;

/// Loss detection for a peer without SACK: three duplicate acknowledgements (RFC 5681 §3.2), then one hole for each partial
/// acknowledgement (NewReno, RFC 6582). Each duplicate also says that some segment left the network.
final class DuplicateAcks {
    private static final int DUP_THRESH = 3;

    private int count;

    void onDuplicate() {
        count++;
    }

    /// SND.UNA advanced over `segments`: one of them filled the hole, the others were what duplicates stood for.
    ///
    /// @return how many that were, which have been counted as delivered already
    int onAdvance(int segments) {
        int before = count;
        count = Math.max(0, count - Math.max(segments - 1, 0));
        return before - count;
    }

    boolean reached() {
        return count >= DUP_THRESH;
    }

    /// Bytes that have left the network, of those that count as in flight.
    long departed(int mss) {
        return (long) count * mss;
    }

    void reset() {
        count = 0;
    }
}
