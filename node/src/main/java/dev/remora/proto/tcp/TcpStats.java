package dev.remora.proto.tcp;

/// A look at a connection, for status and tests. Times are nanoseconds, 0 if unknown; sizes are bytes.
///
/// @param rttVariance RTTVAR of RFC 6298
/// @param unsent written, not sent yet
/// @param readable received in order, not taken yet
/// @param retransmits segments sent again
/// @param recoveries times the window was reduced because of loss
/// @param timeouts expiries of the retransmission timer
/// @param undone reductions that proved to be errors
public record TcpStats(
        TcpState state,
        long srtt,
        long rttVariance,
        long minRtt,
        long rto,
        long cwnd,
        long inFlight,
        long unacknowledged,
        long unsent,
        int readable,
        long peerWindow,
        int receiveWindow,
        long retransmits,
        long recoveries,
        long timeouts,
        long undone) {
    /// Before the peer has said anything.
    static TcpStats of(TcpState state, long unsent) {
        return new TcpStats(
                state, 0, 0, 0, RttEstimator.INITIAL_RTO, 0, 0, 0, unsent, 0, 0, 0, 0, 0, 0, 0);
    }

    static TcpStats of(TcpState state, Sender sender, Receiver receiver, int receiveWindow) {
        RttEstimator rtt = sender.rtt();
        LossRecovery recovery = sender.recovery();
        return new TcpStats(
                state,
                rtt.srtt(),
                rtt.variance(),
                recovery.minRtt() == MinRtt.NONE ? 0 : recovery.minRtt(),
                rtt.rto(),
                sender.cwnd(),
                recovery.inFlight(),
                sender.nxt() - sender.una(),
                sender.unsent(),
                receiver.readable(),
                sender.window().size(),
                receiveWindow,
                recovery.retransmits(),
                recovery.recoveries(),
                recovery.timeouts(),
                recovery.undone());
    }
}
