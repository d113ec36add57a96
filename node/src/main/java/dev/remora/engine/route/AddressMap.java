package dev.remora.engine.route;

import org.jspecify.annotations.Nullable;

/// A hash map from the 128 bits of an address to a value: open addressing, at most half full, so that a look-up touches
/// one or two slots and allocates nothing.
final class AddressMap<V> {
    private static final int MIN_SLOTS = 16;

    private long[] high = new long[MIN_SLOTS];
    private long[] low = new long[MIN_SLOTS];
    private @Nullable Object[] values = new Object[MIN_SLOTS];
    private int size;

    int size() {
        return size;
    }

    @Nullable V get(long keyHigh, long keyLow) {
        return valueAt(slot(keyHigh, keyLow));
    }

    void put(long keyHigh, long keyLow, V value) {
        int slot = slot(keyHigh, keyLow);
        if (values[slot] == null) {
            if (2 * (size + 1) > values.length) {
                resize();
                slot = slot(keyHigh, keyLow);
            }
            high[slot] = keyHigh;
            low[slot] = keyLow;
            size++;
        }
        values[slot] = value;
    }

    /// Takes a key out, and moves back what had to make way for it.
    void remove(long keyHigh, long keyLow) {
        int hole = slot(keyHigh, keyLow);
        if (values[hole] == null) {
            return;
        }
        size--;
        int mask = values.length - 1;
        for (int i = hole + 1 & mask; values[i] != null; i = i + 1 & mask) {
            int home = home(high[i], low[i]);
            if ((i - home & mask) >= (i - hole & mask)) {
                high[hole] = high[i];
                low[hole] = low[i];
                values[hole] = values[i];
                hole = i;
            }
        }
        values[hole] = null;
    }

    /// Where the key is, or the free slot where it would go.
    private int slot(long keyHigh, long keyLow) {
        int mask = values.length - 1;
        int slot = home(keyHigh, keyLow);
        while (values[slot] != null && (high[slot] != keyHigh || low[slot] != keyLow)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private int home(long keyHigh, long keyLow) {
        long hash = (keyHigh * 31 + keyLow) * 0x9e37_79b9_7f4a_7c15L;
        return (int) (hash >>> 32) & values.length - 1;
    }

    @SuppressWarnings("unchecked") // only put writes values
    private @Nullable V valueAt(int slot) {
        return (V) values[slot];
    }

    private void resize() {
        long[] oldHigh = high;
        long[] oldLow = low;
        @Nullable Object[] oldValues = values;
        high = new long[2 * oldValues.length];
        low = new long[2 * oldValues.length];
        values = new Object[2 * oldValues.length];
        for (int i = 0; i < oldValues.length; i++) {
            if (oldValues[i] != null) {
                int slot = slot(oldHigh[i], oldLow[i]);
                high[slot] = oldHigh[i];
                low[slot] = oldLow[i];
                values[slot] = oldValues[i];
            }
        }
    }
}
