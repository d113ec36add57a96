package dev.remora.proto.tcp;

/// What both ends agreed on with their SYNs.
///
/// @param scaled both ends scale their windows
/// @param sendShift how far the peer's window fields are to be shifted
/// @param receiveShift how far ours are
/// @param mss payload bytes in a full segment that we send, options already subtracted
record Negotiated(
        boolean timestamps,
        boolean sack,
        boolean scaled,
        int sendShift,
        int receiveShift,
        int mss) {
    /// RFC 9293 §3.7.1: assumed when the peer's SYN names none.
    private static final int DEFAULT_MSS_V4 = 536;

    private static final int DEFAULT_MSS_V6 = 1220;

    /// A tiny MSS would make us send mostly headers.
    private static final int SMALLEST_MSS = 48;

    static Negotiated from(TcpSegment syn, TcpConfig config, Flow flow) {
        boolean timestamps = config.features().timestamps() && syn.hasTimestamps();
        boolean scaled = syn.windowShift() >= 0;
        int theirs = syn.mss() != 0 ? syn.mss() : flow.v4() ? DEFAULT_MSS_V4 : DEFAULT_MSS_V6;
        int mss = Math.min(Math.max(theirs, SMALLEST_MSS), config.mss(flow));
        return new Negotiated(
                timestamps,
                config.features().sack() && syn.sackPermitted(),
                scaled,
                scaled ? syn.windowShift() : 0,
                scaled ? config.windowShift() : 0,
                timestamps ? mss - TcpOptions.TIMESTAMPS_PADDED : mss);
    }
}
