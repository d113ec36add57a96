package dev.remora.proto.tcp;

import java.util.Arrays;

/// The parts of a stream that came ahead of a gap: disjoint ranges in order, at most [#MOST]. Remembers which were
/// touched last, because SACK reports those first (RFC 2018 §4).
///
/// Where a range belongs is looked for at the end first and then by halving: walking a long list for each of many
/// tiny segments is an attack on our CPU (CVE-2018-5390).
final class Ranges {
    /// More holes than this are not kept; the peer sends what is dropped again. A slow start that overruns a queue leaves
    /// many hundred: every second segment is missing then.
    static final int MOST = 1024;

    private static final long[] NONE = {};

    /// As many as fit into a SACK option.
    private static final int RECENT = 4;

    private long[] left = NONE;
    private long[] right = NONE;
    private int count;

    /// An offset inside each of the ranges touched last, the latest first.
    private final long[] recent = new long[RECENT];

    private int recentCount;

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
        forgetRecent(mergedLeft, mergedRight);
        remember(from);
    }

    /// Makes the `merged` ranges from `first` on one.
    private void resize(int first, int merged) {
        if (merged == 0 && count == left.length) {
            int larger = Math.max(8, 2 * count);
            left = Arrays.copyOf(left, larger);
            right = Arrays.copyOf(right, larger);
        }
        int tail = count - first - merged;
        System.arraycopy(left, first + merged, left, first + 1, tail);
        System.arraycopy(right, first + merged, right, first + 1, tail);
        count += 1 - merged;
    }

    private void remember(long offset) {
        recentCount = Math.min(recentCount + 1, RECENT);
        System.arraycopy(recent, 0, recent, 1, recentCount - 1);
        recent[0] = offset;
    }

    private void forgetRecent(long from, long to) {
        int kept = 0;
        for (int i = 0; i < recentCount; i++) {
            if (recent[i] < from || recent[i] >= to) {
                recent[kept++] = recent[i];
            }
        }
        recentCount = kept;
    }

    void removeFirst() {
        forgetRecent(left[0], right[0]);
        count--;
        System.arraycopy(left, 1, left, 0, count);
        System.arraycopy(right, 1, right, 0, count);
    }

    void clear() {
        count = 0;
        recentCount = 0;
    }

    /// How many of the ranges touched last are known.
    int recentCount() {
        return recentCount;
    }

    /// Index of a range touched lately: 0 asks for the last one.
    int recent(int age) {
        return find(recent[age] + 1);
    }
}
