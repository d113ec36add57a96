package dev.remora.server.policy;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// Addresses of one family from the first to the last, both included.
record IpRange(IpAddress first, IpAddress last) {
    static IpRange of(IpAddress ip) {
        return new IpRange(ip, ip);
    }

    static IpRange of(IpPrefix prefix) {
        IpAddress first = prefix.masked().ip();
        int host = first.bits() - prefix.bits();
        long low = host >= 64 ? -1L : (1L << host) - 1;
        long high = host >= 128 ? -1L : host > 64 ? (1L << host - 64) - 1 : 0;
        return new IpRange(
                first, new IpAddress(first.high() | high, first.low() | low, first.v4()));
    }

    /// The same addresses in as few ranges as there can be, in order.
    static List<IpRange> merged(Collection<IpRange> ranges) {
        List<IpRange> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparing(IpRange::first));
        List<IpRange> merged = new ArrayList<>();
        for (IpRange next : sorted) {
            IpRange before = merged.isEmpty() ? null : merged.getLast();
            if (before == null || !before.touches(next)) {
                merged.add(next);
            } else if (before.last.compareTo(next.last) < 0) {
                merged.set(merged.size() - 1, new IpRange(before.first, next.last));
            }
        }
        return merged;
    }

    /// Whether a range that does not begin earlier begins within this one or right behind it.
    private boolean touches(IpRange next) {
        if (first.v4() != next.first.v4()) {
            return false;
        }
        if (next.first.compareTo(last) <= 0) {
            return true;
        }
        long low = last.low() + 1;
        long high = last.high() + (low == 0 ? 1 : 0);
        return next.first.low() == low && next.first.high() == high;
    }

    /// As filter rules have it: an address, a prefix where it is one, else `first-last`.
    String text() {
        if (first.equals(last)) {
            return first.toString();
        }
        long high = first.high() ^ last.high();
        int host =
                high != 0
                        ? 128 - Long.numberOfLeadingZeros(high)
                        : 64 - Long.numberOfLeadingZeros(first.low() ^ last.low());
        IpPrefix prefix = new IpPrefix(first, first.bits() - host);
        return equals(of(prefix)) ? prefix.toString() : first + "-" + last;
    }
}
