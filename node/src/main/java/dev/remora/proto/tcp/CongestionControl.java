package dev.remora.proto.tcp;

/// How much may be in flight, and how fast it may go out. Told what happens by [LossRecovery] once for each batch of
/// acknowledgements; decides nothing about what is lost. Sizes are bytes, rates bytes per second.
public interface CongestionControl {
    /// RFC 6928: segments in flight before the first acknowledgement.
    int INITIAL_SEGMENTS = 10;

    /// What recovery went through.
    enum Phase {
        /// Loss was found: the window is reduced, once for the episode.
        ENTER,
        /// Everything that was in flight at the beginning of the episode is acknowledged.
        EXIT,
        /// The retransmission timer ran out.
        TIMEOUT,
        /// It ran out in an episode that had begun already.
        TIMEOUT_AGAIN,
        /// The last reduction was an error: nothing had been lost.
        SPURIOUS
    }

    /// Begins with a window of `segments` full segments.
    void start(int mss, int segments);

    /// Segments that carry new data are about to go out after `idle` without any in flight.
    void onRestart(long idle, long rto);

    void onAck(AckSummary ack, long now);

    /// @param flightSize bytes sent and not acknowledged when the phase begins (RFC 5681's FlightSize)
    void onRecovery(Phase phase, long flightSize, long now);

    /// The packets take another way from now on; what was learned about delay no longer holds. [#cwnd] stays below
    /// [PathKind#maxCwnd].
    void onPathChange(PathKind kind, long now);

    long cwnd();

    /// The window at which slow start ends, and what recovery shrinks to.
    long ssthresh();

    /// Bytes per second for the pacer, 0 for no pacing.
    long pacingRate(long srtt);

    /// Whether proportional rate reduction governs sending during recovery.
    boolean reducesProportionally();
}
