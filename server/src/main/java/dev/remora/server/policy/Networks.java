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
    static final List<IpPrefix> MEMBERS =
            with(without(TAILNET_V4, List.of(v4(100, 115, 92, 0, 23))), TAILNET_V6);

    /// The same in ranges.
    static final List<IpRange> TAILNET = IpRange.merged(MEMBERS.stream().map(IpRange::of).toList());

    private static final IpPrefix GLOBAL_V6 = new IpPrefix(IpAddress.v6(0x2000L << 48, 0), 3);

    private static final List<IpPrefix> NOT_INTERNET =
            List.of(
                    v4(10, 0, 0, 0, 8),
                    v4(172, 16, 0, 0, 12),
                    v4(192, 168, 0, 0, 16),
                    v4(169, 254, 0, 0, 16),
                    TAILNET_V4);

    /// The public Internet as prefixes: clients do not know it by name.
    static final List<IpPrefix> INTERNET =
            with(without(new IpPrefix(IpAddress.ANY_V4, 0), NOT_INTERNET), GLOBAL_V6);

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

    private static List<IpPrefix> with(List<IpPrefix> some, IpPrefix more) {
        List<IpPrefix> all = new ArrayList<>(some);
        all.add(more);
        return List.copyOf(all);
    }

    private static List<IpPrefix> without(IpPrefix all, List<IpPrefix> excluded) {
        List<IpPrefix> left = new ArrayList<>();
        split(all, excluded, left);
        return left;
    }

    /// Halves a network until nothing of a half is excluded, or all of it.
    private static void split(IpPrefix prefix, List<IpPrefix> excluded, List<IpPrefix> left) {
        if (excluded.stream().noneMatch(inner -> overlap(inner, prefix))) {
            left.add(prefix);
        } else if (excluded.stream()
                .noneMatch(inner -> inner.bits() <= prefix.bits() && inner.contains(prefix.ip()))) {
            int bits = prefix.bits() + 1;
            IpAddress middle = IpAddress.v4(prefix.ip().v4Bits() | 1 << 32 - bits);
            split(new IpPrefix(prefix.ip(), bits), excluded, left);
            split(new IpPrefix(middle, bits), excluded, left);
        }
    }

    private static IpPrefix v4(int a, int b, int c, int d, int bits) {
        return new IpPrefix(ip(a, b, c, d), bits);
    }

    private static IpAddress ip(int a, int b, int c, int d) {
        return IpAddress.v4(a << 24 | b << 16 | c << 8 | d);
    }
}
