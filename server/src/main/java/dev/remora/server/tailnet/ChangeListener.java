package dev.remora.server.tailnet;

/// Hears of every change, in order and after it is in force.
@FunctionalInterface
public interface ChangeListener {
    /// Is called outside the lock, by whatever thread made the change, never by two at once; must not block.
    void changed(Change change);
}
