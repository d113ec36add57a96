package dev.remora.server.relay;

/// How much one client may send. It is not told: the relay reads later, and TCP makes the client wait.
///
/// @param bytesPerSecond frame payloads, keys included; 0: no limit
/// @param burstBytes how much of it at once; the longest frame always passes
public record RateLimit(long bytesPerSecond, long burstBytes) {
    public static final RateLimit NONE = new RateLimit(0, 0);

    public RateLimit {
        if (bytesPerSecond < 0 || burstBytes < 0) {
            throw new IllegalArgumentException("a limit below nothing");
        }
    }
}
