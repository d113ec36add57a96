package dev.remora.node;

/// What streams need of the loop they live on.
interface StreamContext {
    /// Nanoseconds since the node started.
    long now();

    /// Ends the engine's batch before the loop waits again.
    void finishBatchSoon();

    /// Passes on what `channel` has received once the packets at hand are all taken.
    void readSoon(StreamChannel channel);
}
