package dev.remora.server.policy;

import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.LongStream;

/// Ids but one, in order, in a list that many sets share.
final class IdSet extends AbstractSet<Long> {
    private final long[] sorted;
    private final long except;
    private final int size;

    /// @param sorted never changed by anybody
    IdSet(long[] sorted, long except) {
        this.sorted = sorted;
        this.except = except;
        size = sorted.length - (Arrays.binarySearch(sorted, except) >= 0 ? 1 : 0);
    }

    boolean has(long id) {
        return id != except && Arrays.binarySearch(sorted, id) >= 0;
    }

    @Override
    public boolean contains(Object id) {
        return id instanceof Long number && has(number);
    }

    @Override
    public Iterator<Long> iterator() {
        return LongStream.of(sorted).filter(id -> id != except).iterator();
    }

    @Override
    public int size() {
        return size;
    }
}
