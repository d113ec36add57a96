package dev.remora.engine.filter;

import dev.remora.base.IpAddress;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.IpProtocol;
import dev.remora.proto.ip.TsmpMessage.Reject;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/// Decides about packets between us and our peers. It takes packets that could be parsed: what
/// [IpPacket#of] refuses is dropped before, under the reason it gives, and an empty packet is a keep-alive that nobody asks about.
///
/// From a peer, the first line that fits decides:
///
///     destination not ours                        drop
///     ICMP answer or error                        accept
///     other ICMP of the right family              accept if a rule joins the two addresses
///     TCP but SYN without ACK                     accept
///     TCP SYN, UDP, SCTP                          accept if a rule opens the port; UDP, SCTP also as an answer
///     TSMP                                        accept
///     another protocol                            accept if a rule opens all ports to it
///
/// To a peer everything passes but multicast and link-local destinations.
public final class PacketFilter {
    private static final long METADATA_SERVICE = 0xa9fea9feL; // 169.254.169.254

    private final CompiledRules rules;
    private final LocalAddresses local;
    private final boolean shieldsUp;
    private final BiPredicate<IpAddress, String> hasCapability;
    private final Flows flows;

    private PacketFilter(
            CompiledRules rules,
            LocalAddresses local,
            boolean shieldsUp,
            BiPredicate<IpAddress, String> hasCapability,
            Flows flows) {
        this.rules = rules;
        this.local = local;
        this.shieldsUp = shieldsUp;
        this.hasCapability = hasCapability;
        this.flows = flows;
    }

    /// The filter before there is a netmap: nothing is ours, so nothing comes in.
    ///
    /// @param hasCapability whether the node with this address has this capability, for rules with `cap:` sources
    public static PacketFilter dropAll(BiPredicate<IpAddress, String> hasCapability) {
        return new PacketFilter(
                CompiledRules.NONE, LocalAddresses.NONE, false, hasCapability, new Flows());
    }

    /// The filter after a change. Conversations that go on are remembered, unless shields went up or down.
    public PacketFilter with(CompiledRules rules, LocalAddresses local, boolean shieldsUp) {
        Flows kept = shieldsUp == this.shieldsUp ? flows : new Flows();
        return new PacketFilter(rules, local, shieldsUp, hasCapability, kept);
    }

    public LocalAddresses local() {
        return local;
    }

    public CompiledRules rules() {
        return rules;
    }

    /// Decides about a packet from a peer whose right to its source address was checked already.
    ///
    /// @param jailed the peer may answer us but open nothing, as if our shields were up towards it
    public Verdict inbound(IpPacket packet, boolean jailed) {
        boolean v4 = packet.v4();
        long high = packet.dstHigh();
        long low = packet.dstLow();
        Verdict destination = destination(v4, high, low);
        if (!destination.accepted()) {
            return destination;
        }
        if (!local.contains(v4, high, low)) {
            return packet.isLaterFragment() ? Verdict.FRAGMENT : Verdict.ACL;
        }
        if (packet.isLaterFragment() || passesWithoutRule(packet)) {
            return Verdict.ACCEPT;
        }
        if (shieldsUp || jailed) {
            return Verdict.SHIELDS_UP;
        }
        return hasRule(packet) ? Verdict.ACCEPT : Verdict.ACL;
    }

    /// Decides about a packet to a peer, and remembers it so that the answer comes in.
    public Verdict outbound(IpPacket packet) {
        Verdict verdict = destination(packet.v4(), packet.dstHigh(), packet.dstLow());
        if (verdict.accepted() && !packet.isLaterFragment() && isStateful(packet.protocol())) {
            flows.sent(packet);
        }
        return verdict;
    }

    private static Verdict destination(boolean v4, long high, long low) {
        if (v4 ? low >>> 28 == 0xe : high >>> 56 == 0xff) {
            return Verdict.MULTICAST;
        }
        if (v4 ? low >>> 16 == 0xa9fe && low != METADATA_SERVICE : high >>> 54 == 0xfe80 >>> 6) {
            return Verdict.LINK_LOCAL_UNICAST;
        }
        return Verdict.ACCEPT;
    }

    private boolean passesWithoutRule(IpPacket packet) {
        return switch (packet.protocol()) {
            case IpProtocol.TCP -> !packet.isTcpSyn();
            case IpProtocol.UDP, IpProtocol.SCTP -> flows.isAnswer(packet);
            case IpProtocol.ICMP, IpProtocol.ICMPV6 ->
                    packet.protocol() == IpProtocol.icmp(packet.v4())
                            && (packet.isEchoReply() || packet.isIcmpError());
            case IpProtocol.TSMP -> true;
            default -> false;
        };
    }

    private static boolean isStateful(int protocol) {
        return protocol == IpProtocol.UDP || protocol == IpProtocol.SCTP;
    }

    private boolean hasRule(IpPacket packet) {
        for (Rule rule : rules.from(packet.v4(), packet.srcHigh(), packet.srcLow())) {
            if (allows(rule, packet)) {
                return true;
            }
        }
        for (CompiledRules.CapabilityRule entry : rules.capabilityRules()) {
            if (allowsByCapability(entry.rule(), packet) && hasAny(entry.anyOf(), packet.src())) {
                return true;
            }
        }
        return false;
    }

    private boolean hasAny(Set<String> capabilities, IpAddress src) {
        return capabilities.stream().anyMatch(capability -> hasCapability.test(src, capability));
    }

    /// As in the other implementations, a rule by capability lets ICMP reach all our addresses of a family where it names one,
    /// and opens nothing to protocols without ports.
    private static boolean allowsByCapability(Rule rule, IpPacket packet) {
        return switch (kind(packet)) {
            case PORTS -> allows(rule, packet);
            case ICMP -> rule.hasTarget(packet.v4());
            case OTHER -> false;
        };
    }

    private static boolean allows(Rule rule, IpPacket packet) {
        boolean v4 = packet.v4();
        long high = packet.dstHigh();
        long low = packet.dstLow();
        return switch (kind(packet)) {
            case PORTS -> rule.opens(packet.protocol(), v4, high, low, packet.dstPort());
            case ICMP -> rule.reaches(v4, high, low);
            case OTHER -> rule.opensAllPorts(packet.protocol(), v4, high, low);
        };
    }

    private enum Kind {
        PORTS,
        ICMP,
        OTHER
    }

    private static Kind kind(IpPacket packet) {
        if (packet.hasPorts()) {
            return Kind.PORTS;
        }
        return packet.protocol() == IpProtocol.icmp(packet.v4()) ? Kind.ICMP : Kind.OTHER;
    }

    /// What to tell the sender of a dropped packet: something only about an IPv4 SYN, as the other implementations do.
    public static Optional<Reject> rejection(IpPacket packet, Verdict verdict) {
        boolean told = verdict == Verdict.ACL || verdict == Verdict.SHIELDS_UP;
        if (!told || !packet.v4() || !packet.isTcpSyn()) {
            return Optional.empty();
        }
        int reason = verdict == Verdict.ACL ? Reject.ACL : Reject.SHIELDS_UP;
        return Optional.of(
                new Reject(
                        packet.protocol(), reason, packet.srcIpPort(), packet.dstIpPort(), false));
    }
}
