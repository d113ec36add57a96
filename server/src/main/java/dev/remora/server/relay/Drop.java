package dev.remora.server.relay;

/// Why a packet was not delivered.
public enum Drop {
    /// Nobody of that key is connected.
    NOT_HERE,
    /// The receiver reads too slowly, and this was the oldest that waited for it.
    QUEUE_FULL,
    /// All queues together have what they may.
    NO_MEMORY,
    /// It was waiting for a receiver that left.
    RECEIVER_LEFT
}
