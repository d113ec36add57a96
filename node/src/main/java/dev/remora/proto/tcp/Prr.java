package dev.remora.proto.tcp;

/// Proportional rate reduction (RFC 9937): spreads the way from the old window down to ssthresh over the
/// acknowledgements of a recovery, so that sending neither stops nor bursts.
final class Prr {
    private final int mss;
    private long recoverFs = 1;
    private long prrDelivered;
    private long prrOut;
    private long allowed;

    Prr(int mss) {
        this.mss = mss;
    }

    /// @param flight bytes outstanding when the episode begins, what the triggering acknowledgement delivered included
    void enter(long flight) {
        recoverFs = Math.max(flight, 1);
        prrDelivered = 0;
        prrOut = 0;
        allowed = 0;
    }

    /// @param safeAck SND.UNA advanced and no further loss was found
    void onAck(long delivered, long inFlight, long ssthresh, boolean safeAck) {
        prrDelivered += delivered;
        if (inFlight > ssthresh) {
            allowed = Math.ceilDiv(prrDelivered * ssthresh, recoverFs) - prrOut;
        } else {
            long limit = Math.max(prrDelivered - prrOut, delivered) + (safeAck ? mss : 0);
            allowed = Math.min(limit, ssthresh - inFlight);
        }
        // The first retransmission of an episode always goes out.
        allowed = Math.max(allowed, prrOut == 0 ? mss : 0);
    }

    /// Bytes that may go out now.
    long allowed() {
        return allowed;
    }

    void onSent(int bytes) {
        prrOut += bytes;
        allowed -= bytes;
    }
}
