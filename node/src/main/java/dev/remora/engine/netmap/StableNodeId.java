package dev.remora.engine.netmap;

/// The text by which users and other programs know a node; outlives changes of its keys.
public record StableNodeId(String value) {
    @Override
    public String toString() {
        return value;
    }
}
