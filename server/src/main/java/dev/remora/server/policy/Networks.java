package dev.remora.server.policy;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import java.util.ArrayList;
import java.util.List;

/// Networks that have a meaning of their own.
final class Networks {
    static final IpPrefix TAILNET_V4 = v4(100, 64, 0, 0, 10);
    static final IpPrefix TAILNET_V6 = new IpPrefix(IpAddress.v6(0xfd7a_115c_a1e0_0000L, 0), 48);

    /// What `*` means as a source, without what is behind routers: the tailnet's addresses, but those that ChromeOS
    /// gives to its virtual machines.
    static final List<IpRange> TAILNET =
            List.of(
                    new IpRange(TAILNET_V4.ip(), ip(100, 115, 91, 255)),
                    new IpRange(ip(100, 115, 94, 0), ip(100, 127, 255, 255)),
                    IpRange.of(TAILNET_V6));

    private static final IpPrefix GLOBAL_V6 = new IpPrefix(IpAddress.v6(0x2000L << 48, 0), 3);

    private static final List<IpPrefix> NOT_INTERNET =
            List.of(
                    v4(10, 0, 0, 0, 8),
                    v4(172, 16, 0, 0, 12),
                    v4(192, 168, 0, 0, 16),
                    v4(169, 254, 0, 0, 16),
                    TAILNET_V4);

    /// The public Internet as prefixes: clients do not know it by name.
    static final List<IpPrefix> INTERNET = internet();

    private Networks() {}

    static boolean overlap(IpPrefix one, IpPrefix other) {
        return one.contains(other.ip()) || other.contains(one.ip());
    }

    /// Whether all of a network is public.
    static boolean isInternet(IpPrefix prefix) {
        return prefix.ip().v4()
                ? NOT_INTERNET.stream().noneMatch(inner -> overlap(inner, prefix))
                : prefix.bits() >= GLOBAL_V6.bits() && GLOBAL_V6.contains(prefix.ip());
    }

    private static List<IpPrefix> internet() {
        List<IpPrefix> found = new ArrayList<>();
        split(new IpPrefix(IpAddress.ANY_V4, 0), found);
        found.add(GLOBAL_V6);
        return List.copyOf(found);
    }

    /// Halves a network until each half is public as a whole, or not at all.
    private static void split(IpPrefix prefix, List<IpPrefix> found) {
        if (isInternet(prefix)) {
            found.add(prefix);
        } else if (NOT_INTERNET.stream()
                .noneMatch(inner -> inner.bits() <= prefix.bits() && inner.contains(prefix.ip()))) {
            int bits = prefix.bits() + 1;
            split(new IpPrefix(prefix.ip(), bits), found);
            split(new IpPrefix(IpAddress.v4(prefix.ip().v4Bits() | 1 << 32 - bits), bits), found);
        }
    }

    private static IpPrefix v4(int a, int b, int c, int d, int bits) {
        return new IpPrefix(ip(a, b, c, d), bits);
    }

    private static IpAddress ip(int a, int b, int c, int d) {
        return IpAddress.v4(a << 24 | b << 16 | c << 8 | d);
    }
}
