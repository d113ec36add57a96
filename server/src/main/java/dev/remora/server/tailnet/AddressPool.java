package dev.remora.server.tailnet;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.server.model.Addresses;
import java.util.List;
import java.util.function.Predicate;

/// Gives nodes their addresses: IPv4 in turn, and the IPv6 address that has the same last 24 bits.
///
/// In turn means that a freed address comes back late, when few remember whose it was.
final class AddressPool {
    /// Where IPv4 addresses have their counterparts, if the pool reaches so far.
    private static final IpPrefix MAPPED =
            new IpPrefix(IpAddress.v6(0xfd7a_115c_a1e0_ab12L, 0x4843_cd96_6200_0000L), 104);

    /// Where IPv4 subnets have an address each that no other site's has, behind a router that translates (4via6).
    static final IpPrefix VIA = new IpPrefix(IpAddress.v6(0xfd7a_115c_a1e0_0b1aL, 0), 64);

    /// The MagicDNS service and its network, what virtual machines of ChromeOS use among themselves, [#VIA], and addresses
    /// that pass.
    private static final List<IpPrefix> RESERVED =
            List.of(
                    new IpPrefix(IpAddress.v4(0x64646400), 24),
                    new IpPrefix(IpAddress.v4(0x64735c00), 23),
                    IpPrefix.single(IpAddress.v6(0xfd7a_115c_a1e0_0000L, 0x53)),
                    VIA,
                    new IpPrefix(IpAddress.v6(0xfd7a_115c_a1e0_efe3L, 0), 64));

    private static final int LOW_24 = 0xff_ffff;

    private final IpPrefix ipv4;
    private final IpPrefix ipv6;
    private long last;

    AddressPool(IpPrefix ipv4, IpPrefix ipv6) {
        this.ipv4 = ipv4;
        boolean mapped = ipv6.bits() <= MAPPED.bits() && ipv6.contains(MAPPED.ip());
        this.ipv6 = mapped ? MAPPED : ipv6;
        this.last = network();
    }

    private long network() {
        return Integer.toUnsignedLong(ipv4.ip().v4Bits());
    }

    private long broadcast() {
        return network() + (1L << 32 - ipv4.bits()) - 1;
    }

    /// Starts behind an address that is in use.
    void startAfter(IpAddress used) {
        long bits = Integer.toUnsignedLong(used.v4Bits());
        if (ipv4.contains(used) && bits > last) {
            last = bits;
        }
    }

    /// @param taken addresses that nodes have
    Addresses next(Predicate<IpAddress> taken) throws Refused {
        for (long tries = broadcast() - network() - 1; tries > 0; tries--) {
            last = last + 1 < broadcast() ? last + 1 : network() + 1;
            IpAddress v4 = IpAddress.v4((int) last);
            IpAddress v6 = counterpart(v4);
            if (ipv6.contains(v6)
                    && RESERVED.stream().noneMatch(kept -> kept.contains(v4) || kept.contains(v6))
                    && !taken.test(v4)
                    && !taken.test(v6)) {
                return new Addresses(v4, v6);
            }
        }
        throw new Refused("all addresses of this tailnet are taken");
    }

    private IpAddress counterpart(IpAddress v4) {
        return IpAddress.v6(ipv6.ip().high(), ipv6.ip().low() | v4.v4Bits() & LOW_24);
    }
}
