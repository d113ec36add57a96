package dev.remora.proto.tcp;

import java.util.Arrays;

/// The parts of a stream that came ahead of a gap: disjoint ranges in order, at most [#MOST]. Remembers which were
/// touched last, because SACK reports those first (RFC 2018 §4).
///
/// Where a range belongs is looked for at the end first and then by halving: walking a long list for each of many
/// tiny segments is an attack on our CPU (CVE-2018-5390).
final class Ranges {
    /// More holes than this are not kept; the peer sends what is dropped again.
    static final int MOST = 256;

    private long[] left = new long[8];
    private long[] right = new long[8];
    private long[] touched = new long[8];
    private int count;
    private long clock;

    int count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    long left(int index) {
        return left[index];
    }

    long right(int index) {
        return right[index];
    }

    /// Index of the first range that ends at or behind `offset`.
    int find(long offset) {
        if (count == 0 || right[count - 1] < offset) {
            return count;
        }
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (right[middle] >= offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    boolean covers(long from, long to) {
        int index = find(to);
        return index < count && left[index] <= from && to <= right[index];
    }

    /// Whether the range could be added: there is room, or it touches one that is there.
    boolean hasRoomFor(long from, long to) {
        int index = find(from);
        return count < MOST || index < count && left[index] <= to;
    }

    /// Adds a range and merges it with those it touches.
    void add(long from, long to) {
        int first = find(from);
        int last = first;
        long mergedLeft = from;
        long mergedRight = to;
        while (last < count && left[last] <= to) {
            mergedLeft = Math.min(mergedLeft, left[last]);
            mergedRight = Math.max(mergedRight, right[last]);
            last++;
        }
        resize(first, last - first);
        left[first] = mergedLeft;
        right[first] = mergedRight;
        touched[first] = ++clock;
    }

    /// Makes the `merged` ranges from `first` on one.
    private void resize(int first, int merged) {
        if (merged == 0 && count == left.length) {
            left = Arrays.copyOf(left, 2 * count);
            right = Arrays.copyOf(right, 2 * count);
            touched = Arrays.copyOf(touched, 2 * count);
        }
        int tail = count - first - merged;
        System.arraycopy(left, first + merged, left, first + 1, tail);
        System.arraycopy(right, first + merged, right, first + 1, tail);
        System.arraycopy(touched, first + merged, touched, first + 1, tail);
        count += 1 - merged;
    }

    void removeFirst() {
        count--;
        System.arraycopy(left, 1, left, 0, count);
        System.arraycopy(right, 1, right, 0, count);
        System.arraycopy(touched, 1, touched, 0, count);
    }

    void clear() {
        count = 0;
    }

    /// Index of the range that was touched last but before `than`, -1 if there is none. Starting with
    /// Long.MAX_VALUE and then with [#touchedAt] of the last answer walks them all.
    int mostRecent(long than) {
        int best = -1;
        for (int i = 0; i < count; i++) {
            if (touched[i] < than && (best < 0 || touched[i] > touched[best])) {
                best = i;
            }
        }
        return best;
    }

    long touchedAt(int index) {
        return touched[index];
    }
}
