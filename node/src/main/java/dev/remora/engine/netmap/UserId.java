package dev.remora.engine.netmap;

/// The number of a user of the tailnet.
public record UserId(long value) {
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
