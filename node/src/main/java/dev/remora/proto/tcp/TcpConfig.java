package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.function.Supplier;

/// The settings of a connection. Spans are nanoseconds, sizes bytes.
///
/// @param mtu largest IP packet to send; the MSS option follows from it (1240 over IPv4, 1220 over IPv6 for 1280)
/// @param congestion makes the congestion control of a new connection
public record TcpConfig(
        int mtu,
        Buffers buffers,
        KeepAlive keepAlive,
        Patience patience,
        Features features,
        Supplier<CongestionControl> congestion) {
    private static final TcpConfig DEFAULTS =
            new TcpConfig(
                    1280,
                    new Buffers(64 * 1024, 8 * 1024 * 1024, 8 * 1024 * 1024),
                    KeepAlive.OFF,
                    new Patience(MILLISECONDS.toNanos(200), MINUTES.toNanos(5), 6, 3),
                    new Features(true, true, true, true),
                    Cubic::new);

    /// @param initialWindow receive window of a new connection
    /// @param maxWindow how far the receive window may grow by itself
    /// @param maxSend how much may be queued for sending, in flight included
    public record Buffers(int initialWindow, int maxWindow, int maxSend) {}

    /// @param after idle time before the first probe, 0 for no probes at all
    /// @param every time between probes
    /// @param probes unanswered probes that end the connection
    public record KeepAlive(long after, long every, int probes) {
        public static final KeepAlive OFF = new KeepAlive(0, 0, 0);

        /// Each probe wakes a tunnel, so not more often than needed to notice a peer that left for good.
        public static final KeepAlive SERVED =
                new KeepAlive(MINUTES.toNanos(15), SECONDS.toNanos(30), 5);
    }

    /// @param minRto floor of the retransmission timeout
    /// @param userTimeout how long sent bytes may stay without any answer
    /// @param synRetries repetitions of a SYN before an active open fails
    /// @param synAckRetries repetitions of a SYN,ACK before a half-open connection is dropped
    public record Patience(long minRto, long userTimeout, int synRetries, int synAckRetries) {}

    /// @param timestamps ask for RFC 7323 timestamps
    /// @param sack ask for selective acknowledgements
    /// @param pacing spread what the window allows over the round trip
    /// @param headerPrediction plain in-order segments take a short way; what comes out is the same without
    public record Features(
            boolean timestamps, boolean sack, boolean pacing, boolean headerPrediction) {}

    public static TcpConfig defaults() {
        return DEFAULTS;
    }

    public TcpConfig withMtu(int bytes) {
        return new TcpConfig(bytes, buffers, keepAlive, patience, features, congestion);
    }

    public TcpConfig with(Buffers other) {
        return new TcpConfig(mtu, other, keepAlive, patience, features, congestion);
    }

    public TcpConfig with(KeepAlive other) {
        return new TcpConfig(mtu, buffers, other, patience, features, congestion);
    }

    public TcpConfig with(Patience other) {
        return new TcpConfig(mtu, buffers, keepAlive, other, features, congestion);
    }

    public TcpConfig with(Features other) {
        return new TcpConfig(mtu, buffers, keepAlive, patience, other, congestion);
    }

    public TcpConfig with(Supplier<CongestionControl> other) {
        return new TcpConfig(mtu, buffers, keepAlive, patience, features, other);
    }

    /// The MSS option we send: RFC 6691, no bytes of options subtracted.
    int mss(Flow flow) {
        return mtu - flow.ipHeaderLength() - TcpSegment.HEADER;
    }

    /// The shift that lets a 16-bit window reach the largest receive window (RFC 7323 §2.3).
    int windowShift() {
        int shift = 0;
        while (shift < 14 && (0xffffL << shift) < buffers.maxWindow()) {
            shift++;
        }
        return shift;
    }
}
