package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

/// What carries the packets of a connection below the tunnel.
public enum PathKind {
    /// Datagrams: what is too much for the path is lost, and soon.
    DIRECT(0, Long.MAX_VALUE),

    /// Two TCP connections with a relay between them. They hide loss as delay: a pause there is no reason to send
    /// again, and without a loss to stop it a window would grow until both send buffers are full, seconds of them.
    RELAYED(MILLISECONDS.toNanos(500), 1 << 20);

    private final long minRto;
    private final long maxCwnd;

    PathKind(long minRto, long maxCwnd) {
        this.minRto = minRto;
        this.maxCwnd = maxCwnd;
    }

    /// Floor of the retransmission timeout in nanoseconds, should the connection's own be lower.
    long minRto() {
        return minRto;
    }

    /// The most bytes in flight.
    long maxCwnd() {
        return maxCwnd;
    }
}
