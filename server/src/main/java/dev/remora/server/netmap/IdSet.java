package dev.remora.server.netmap;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A set of numbers that lie close together, at little more than a bit each: what a client has been told of. For
/// several threads.
final class IdSet {
    private static final int PAGE_BITS = 9;
    private static final int WORDS = (1 << PAGE_BITS) / Long.SIZE;

    private final Map<Long, long[]> pages = new HashMap<>();

    synchronized boolean add(long id) {
        long[] page = pages.computeIfAbsent(id >> PAGE_BITS, key -> new long[WORDS]);
        long before = page[word(id)];
        page[word(id)] = before | 1L << id;
        return before != page[word(id)];
    }

    synchronized boolean remove(long id) {
        long[] page = pages.get(id >> PAGE_BITS);
        if (page == null) {
            return false;
        }
        long before = page[word(id)];
        page[word(id)] = before & ~(1L << id);
        return before != page[word(id)];
    }

    synchronized boolean contains(long id) {
        long[] page = pages.get(id >> PAGE_BITS);
        return page != null && (page[word(id)] & 1L << id) != 0;
    }

    /// All of them, in no order.
    synchronized List<Long> all() {
        List<Long> all = new ArrayList<>();
        pages.forEach((number, page) -> {
            for (int i = 0; i < WORDS; i++) {
                for (long rest = page[i]; rest != 0; rest &= rest - 1) {
                    all.add(
                            (number << PAGE_BITS)
                                    + (long) i * Long.SIZE
                                    + Long.numberOfTrailingZeros(rest));
                }
            }
        });
        return all;
    }

    private static int word(long id) {
        return (int) (id >> 6) & WORDS - 1;
    }
}
