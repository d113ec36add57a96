package dev.remora.proto.tcp;

/// What the acknowledgements of one batch said together. Filled by [LossRecovery], read by [CongestionControl], then
/// cleared; never held.
public final class AckSummary {
    long acked;
    long delivered;
    long inFlight;
    long rtt;
    long una;
    long nxt;
    boolean windowLimited;

    /// Bytes by which SND.UNA advanced.
    public long acked() {
        return acked;
    }

    /// Bytes newly known to have arrived: acknowledged, or reported by SACK.
    public long delivered() {
        return delivered;
    }

    /// Bytes in flight now.
    public long inFlight() {
        return inFlight;
    }

    /// The last round-trip time measured, smallest of the batch; 0 if there was none.
    public long rtt() {
        return rtt;
    }

    /// SND.UNA, as an offset.
    public long una() {
        return una;
    }

    /// SND.NXT, as an offset.
    public long nxt() {
        return nxt;
    }

    /// Sending was held back by the congestion window, so that a larger one would be used.
    public boolean windowLimited() {
        return windowLimited;
    }

    void clear() {
        acked = 0;
        delivered = 0;
        rtt = 0;
    }
}
