package dev.remora.engine.netmap;

/// The number by which the control server knows a node. Uses all 64 bits.
public record NodeId(long value) implements Comparable<NodeId> {
    @Override
    public int compareTo(NodeId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
