package dev.remora.server.tailnet;

/// A node that waits for changes. As long as one is open, and a while longer, the node counts as online.
public interface Poll extends AutoCloseable {
    /// Counts up with each poll of the node: the highest is the newest.
    long generation();

    /// Any number of times; the first counts.
    @Override
    void close();
}
