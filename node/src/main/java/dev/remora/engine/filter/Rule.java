package dev.remora.engine.filter;

import dev.remora.proto.ip.IpProtocol;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// What the sources of a rule may reach: targets, with some IP protocols.
record Rule(BitSet protocols, List<Target> targets) {
    private static final List<Integer> DEFAULT_PROTOCOLS =
            List.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMP, IpProtocol.ICMPV6);

    /// Addresses and the ports there; a reversed port range holds no port, yet names the addresses.
    record Target(IpRange range, int firstPort, int lastPort) {
        boolean contains(boolean v4, long high, long low) {
            return range.v4() == v4 && range.contains(high, low);
        }

        boolean allPorts() {
            return firstPort == 0 && lastPort == 0xffff;
        }
    }

    /// Numbers that are no IP protocol are left out, even when none remains.
    static Rule of(Optional<List<Integer>> protocols, List<Target> targets) {
        BitSet set = new BitSet(256);
        protocols.orElse(DEFAULT_PROTOCOLS).stream()
                .filter(protocol -> protocol >= 0 && protocol <= 0xff)
                .forEach(set::set);
        return new Rule(set, targets);
    }

    /// Whether the rule opens this port of this address.
    boolean opens(int protocol, boolean v4, long high, long low, int port) {
        if (!protocols.get(protocol)) {
            return false;
        }
        for (Target target : targets) {
            if (target.firstPort <= port
                    && port <= target.lastPort
                    && target.contains(v4, high, low)) {
                return true;
            }
        }
        return false;
    }

    /// Whether the rule names any address of this family.
    boolean hasTarget(boolean v4) {
        return targets.stream().anyMatch(target -> target.range.v4() == v4);
    }

    /// Whether the rule names this address at all.
    boolean reaches(boolean v4, long high, long low) {
        for (Target target : targets) {
            if (target.contains(v4, high, low)) {
                return true;
            }
        }
        return false;
    }

    /// Whether the rule opens the whole address to a protocol that has no ports.
    boolean opensAllPorts(int protocol, boolean v4, long high, long low) {
        return protocols.get(protocol)
                && targets.stream()
                        .anyMatch(target -> target.allPorts() && target.contains(v4, high, low));
    }
}
