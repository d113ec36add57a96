package dev.remora.proto.derp;

import java.util.concurrent.TimeUnit;

/// How much we may send to a relay that limits its clients: a token bucket over frame lengths. What does not fit is
/// dropped by the sender, as the relay would otherwise stop reading.
public final class SendAllowance {
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final double bytesPerNano;
    private final double burst;
    private double tokens;
    private long filledAt;

    /// Starts full. A relay that names a rate but no burst allows what the rate gives in a second.
    public SendAllowance(ServerDetails limits, long now) {
        bytesPerNano = limits.bytesPerSecond() / NANOS_PER_SECOND;
        burst = limits.burstBytes() > 0 ? limits.burstBytes() : limits.bytesPerSecond();
        tokens = burst;
        filledAt = now;
    }

    /// Whether a frame of `length` bytes may be sent now; then it counts as sent.
    public boolean take(int length, long now) {
        if (bytesPerNano == 0) {
            return true;
        }
        tokens = Math.min(burst, tokens + (now - filledAt) * bytesPerNano);
        filledAt = now;
        if (length > tokens) {
            return false;
        }
        tokens -= length;
        return true;
    }
}
