package dev.remora.engine.filter;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which of many things, each with its own address ranges, hold for an address. The ranges cut the address space into
/// intervals; in each one the answer is the same list, found by binary search. Lists that are equal are kept once, so thousands of
/// rules over thousands of addresses stay small as long as they are alike.
final class AddressIndex<T> {
    private final Family<T> v4;
    private final Family<T> v6;

    private AddressIndex(Family<T> v4, Family<T> v6) {
        this.v4 = v4;
        this.v6 = v6;
    }

    /// The things whose ranges contain the address, in the order in which they were added.
    List<T> at(boolean isV4, long high, long low) {
        return (isV4 ? v4 : v6).at(high, low);
    }

    /// Interval `i` reaches from its start to the start of the next one.
    private static final class Family<T> {
        private final long[] high;
        private final long[] low;
        private final List<List<T>> lists;

        Family(List<Edge> starts, List<List<T>> lists) {
            high = starts.stream().mapToLong(Edge::high).toArray();
            low = starts.stream().mapToLong(Edge::low).toArray();
            this.lists = List.copyOf(lists);
        }

        List<T> at(long high, long low) {
            int from = 0;
            int to = lists.size();
            while (from < to) {
                int middle = (from + to) >>> 1;
                if (IpRange.compare(this.high[middle], this.low[middle], high, low) <= 0) {
                    from = middle + 1;
                } else {
                    to = middle;
                }
            }
            return from == 0 ? List.of() : lists.get(from - 1);
        }
    }

    /// Where a range of thing number `thing` begins, or where it has just ended.
    private record Edge(long high, long low, int thing, boolean begins) {}

    static final class Builder<T> {
        private final List<T> things = new ArrayList<>();
        private final List<Edge> edgesV4 = new ArrayList<>();
        private final List<Edge> edgesV6 = new ArrayList<>();

        void add(T thing, List<IpRange> ranges) {
            int number = things.size();
            things.add(thing);
            for (IpRange range : ranges) {
                List<Edge> edges = range.v4() ? edgesV4 : edgesV6;
                edges.add(new Edge(range.first().high(), range.first().low(), number, true));
                long low = range.last().low() + 1;
                long high = range.last().high() + (low == 0 ? 1 : 0);
                if (high != 0 || low != 0) {
                    edges.add(new Edge(high, low, number, false));
                }
            }
        }

        AddressIndex<T> build() {
            return new AddressIndex<>(sweep(edgesV4), sweep(edgesV6));
        }

        @SuppressWarnings("ReferenceEquality") // equal lists are one and the same
        private Family<T> sweep(List<Edge> edges) {
            edges.sort((a, b) -> IpRange.compare(a.high, a.low, b.high, b.low));
            Map<BitSet, List<T>> known = new HashMap<>();
            List<Edge> starts = new ArrayList<>();
            List<List<T>> lists = new ArrayList<>();
            int[] open = new int[things.size()];
            BitSet active = new BitSet(things.size());
            for (int i = 0; i < edges.size(); i++) {
                Edge edge = edges.get(i);
                open[edge.thing] += edge.begins ? 1 : -1;
                active.set(edge.thing, open[edge.thing] > 0);
                boolean last = i + 1 == edges.size() || !samePlace(edge, edges.get(i + 1));
                if (last) {
                    List<T> list = intern(active, known);
                    if (lists.isEmpty() || lists.getLast() != list) {
                        starts.add(edge);
                        lists.add(list);
                    }
                }
            }
            return new Family<>(starts, lists);
        }

        private static boolean samePlace(Edge a, Edge b) {
            return a.high == b.high && a.low == b.low;
        }

        private List<T> intern(BitSet active, Map<BitSet, List<T>> known) {
            List<T> list = known.get(active);
            if (list == null) {
                list = active.stream().<T>mapToObj(things::get).toList();
                known.put((BitSet) active.clone(), list);
            }
            return list;
        }
    }
}
