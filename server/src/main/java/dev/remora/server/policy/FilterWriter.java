package dev.remora.server.policy;

import dev.remora.base.IpPrefix;
import dev.remora.proto.control.CapGrant;
import dev.remora.proto.control.FilterRule;
import dev.remora.proto.control.NetPortRange;
import dev.remora.proto.control.PortRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Writes a node's filter: only what is about its own addresses and what it is a router for.
final class FilterWriter {
    private FilterWriter() {}

    /// A rule that reaches the node.
    record Clause(List<String> sources, Rule rule) {}

    /// What rules with equal sources and protocols have in common.
    private record Head(List<String> sources, List<Long> protocols) {}

    /// Whether a rule comes to the same for all nodes it reaches.
    static boolean isSameForAll(Rule rule) {
        return rule.opens() instanceof Rule.Packets
                && !rule.to().isIdentity()
                && !(rule.to() instanceof Alias.Self);
    }

    /// Packets first, rules with equal sources and protocols made one; then capabilities.
    static List<FilterRule> write(List<Clause> clauses, Standing node) {
        Map<Head, Set<NetPortRange>> packets = new LinkedHashMap<>();
        List<FilterRule> grants = new ArrayList<>();
        for (Clause clause : clauses) {
            switch (clause.rule().opens()) {
                case Rule.Packets(var protocols, var ports) ->
                        packets.computeIfAbsent(
                                        new Head(clause.sources(), protocols),
                                        head -> new LinkedHashSet<>())
                                .addAll(targets(clause.rule(), ports, node));
                case Rule.Capabilities(var byName) -> {
                    List<IpPrefix> to = holders(clause.rule(), node);
                    CapGrant grant = new CapGrant(to, null, byName);
                    if (!to.isEmpty()) {
                        grants.add(
                                new FilterRule(clause.sources(), null, null, null, List.of(grant)));
                    }
                }
            }
        }
        List<FilterRule> rules = new ArrayList<>();
        packets.forEach((head, targets) -> rules.add(rule(head, targets)));
        rules.addAll(grants);
        return List.copyOf(rules);
    }

    private static FilterRule rule(Head head, Set<NetPortRange> targets) {
        List<Long> protocols = head.protocols().isEmpty() ? null : head.protocols();
        return new FilterRule(head.sources(), null, List.copyOf(targets), protocols, null);
    }

    private static List<NetPortRange> targets(Rule rule, List<PortRange> ports, Standing node) {
        List<NetPortRange> targets = new ArrayList<>();
        for (String ip : addresses(rule.to(), node)) {
            ports.forEach(range -> targets.add(new NetPortRange(ip, null, range)));
        }
        return targets;
    }

    private static List<String> addresses(Alias to, Standing node) {
        return switch (to) {
            case Alias.Everything everything -> List.of("*");
            case Alias.Anyone anyone -> List.of("*");
            case Alias.Network(var network) -> List.of(IpRange.of(network).text());
            case Alias.Internet internet ->
                    Networks.INTERNET.stream().map(IpPrefix::toString).toList();
            case Alias.Users users -> own(node);
            case Alias.Tag tag -> own(node);
            case Alias.Members members -> own(node);
            case Alias.Tagged tagged -> own(node);
            case Alias.Self self -> own(node);
        };
    }

    private static List<String> own(Standing node) {
        return node.addresses().stream().map(Object::toString).toList();
    }

    /// Who has a capability is the node itself; a network has it too where the node is the router for it.
    private static List<IpPrefix> holders(Rule rule, Standing node) {
        if (!(rule.to() instanceof Alias.Network(var network))) {
            return node.singles();
        }
        List<IpPrefix> holders = new ArrayList<>();
        node.within(network).forEach(ip -> holders.add(IpPrefix.single(ip)));
        if (node.serves(network) && !holders.contains(network)) {
            holders.add(network);
        }
        return holders;
    }
}
