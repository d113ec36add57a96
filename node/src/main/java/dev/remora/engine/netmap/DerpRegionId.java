package dev.remora.engine.netmap;

/// The number of a relay region. Positive; 900 to 999 are for regions that a tailnet runs itself.
public record DerpRegionId(int value) implements Comparable<DerpRegionId> {
    public DerpRegionId {
        if (value <= 0) {
            throw new IllegalArgumentException("a region's number is positive, not " + value);
        }
    }

    @Override
    public int compareTo(DerpRegionId other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
