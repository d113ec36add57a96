package dev.remora.io.derp;

/// Why a packet for a relay was not sent.
public enum DropReason {
    /// Longer than a relay carries.
    TOO_LONG,
    /// The DERP map has no such region.
    UNKNOWN_REGION,
    /// There is no network.
    OFFLINE,
    /// It was the oldest when the region's queue was full.
    QUEUE_FULL,
    /// The connection it waited for did not come about.
    GIVEN_UP,
    /// The relay limits how much we may send.
    RATE_LIMIT
}
