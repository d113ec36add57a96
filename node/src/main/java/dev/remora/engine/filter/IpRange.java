package dev.remora.engine.filter;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import java.util.List;

/// All addresses from `first` to `last`, both included and of one family.
public record IpRange(IpAddress first, IpAddress last) {
    private static final IpRange ALL_V4 = of(new IpPrefix(IpAddress.ANY_V4, 0));
    private static final IpRange ALL_V6 = of(new IpPrefix(IpAddress.ANY_V6, 0));

    public IpRange {
        if (first.v4() != last.v4() || first.compareTo(last) > 0) {
            throw new IllegalArgumentException("no range: " + first + "-" + last);
        }
    }

    public static IpRange of(IpPrefix prefix) {
        IpAddress first = prefix.masked().ip();
        int hostBits = first.bits() - prefix.bits();
        long high = hostBits <= 64 ? 0 : -1L >>> 128 - hostBits;
        long low = hostBits >= 64 ? -1L : (1L << hostBits) - 1;
        return new IpRange(
                first, new IpAddress(first.high() | high, first.low() | low, first.v4()));
    }

    /// Reads an entry of a rule: an address, a prefix without host bits, `a-b`, or `*` for both families.
    static List<IpRange> parse(String text) throws MalformedException {
        if (text.equals("*")) {
            return List.of(ALL_V4, ALL_V6);
        }
        int dash = text.indexOf('-');
        if (dash >= 0) {
            return List.of(parseRange(text.substring(0, dash), text.substring(dash + 1)));
        }
        if (text.indexOf('/') < 0) {
            IpAddress ip = parseAddress(text);
            return List.of(new IpRange(ip, ip));
        }
        IpPrefix prefix = IpPrefix.parse(text);
        if (!prefix.isMasked()) {
            throw new MalformedException(text + " has host bits set");
        }
        return List.of(of(prefix));
    }

    private static IpRange parseRange(String from, String to) throws MalformedException {
        IpAddress first = IpAddress.parse(from);
        IpAddress last = IpAddress.parse(to);
        if (first.v4() != last.v4() || first.compareTo(last) > 0) {
            throw new MalformedException(from + "-" + to + " is no range");
        }
        return new IpRange(first, last);
    }

    /// A zone behind an IPv6 address says nothing about packets, which carry none.
    private static IpAddress parseAddress(String text) throws MalformedException {
        int zone = text.indexOf('%');
        return IpAddress.parse(zone > 0 && text.contains(":") ? text.substring(0, zone) : text);
    }

    public boolean v4() {
        return first.v4();
    }

    /// Whether the address with these 128 bits lies inside; the caller has compared the families.
    boolean contains(long high, long low) {
        return compare(first.high(), first.low(), high, low) <= 0
                && compare(high, low, last.high(), last.low()) <= 0;
    }

    boolean overlaps(IpRange other) {
        return v4() == other.v4()
                && first.compareTo(other.last) <= 0
                && other.first.compareTo(last) <= 0;
    }

    static int compare(long high, long low, long otherHigh, long otherLow) {
        int byHigh = Long.compareUnsigned(high, otherHigh);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, otherLow);
    }
}
