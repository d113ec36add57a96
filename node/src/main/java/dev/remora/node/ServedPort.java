package dev.remora.node;

/// A tailnet port that somebody listens on.
public interface ServedPort extends AutoCloseable {
    int port();

    /// Stops listening. Open connections go on; peers that wait for a decision are refused.
    @Override
    void close();
}
