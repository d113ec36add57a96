package dev.remora.engine.netmap;

/// The name of something that a node may do, or that the tailnet wants of it.
public record NodeCapability(String name) {
    @Override
    public String toString() {
        return name;
    }
}
