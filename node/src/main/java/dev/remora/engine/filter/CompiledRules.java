package dev.remora.engine.filter;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Rules ready for use, made once per change of rules or own addresses. A rule is found by the packet's source; of its
/// destinations only those remain that are ours.
public final class CompiledRules {
    /// Nothing is allowed.
    public static final CompiledRules NONE = of(List.of(), LocalAddresses.NONE);

    private static final String CAPABILITY = "cap:";

    private final AddressIndex<Rule> rules;
    private final List<CapabilityRule> capabilityRules;
    private final AddressIndex<CapabilityGrant> grants;
    private final List<String> problems;

    /// A rule whose source is whoever has one of these node capabilities.
    record CapabilityRule(Set<String> anyOf, Rule rule) {}

    private record CapabilityGrant(List<IpPrefix> dsts, Map<String, List<Object>> caps) {}

    private CompiledRules(
            AddressIndex<Rule> rules,
            List<CapabilityRule> capabilityRules,
            AddressIndex<CapabilityGrant> grants,
            List<String> problems) {
        this.rules = rules;
        this.capabilityRules = capabilityRules;
        this.grants = grants;
        this.problems = problems;
    }

    /// Entries that cannot be read are left out, and told by [#problems]; the rest applies. The obsolete fields that would change
    /// what an entry means make all rules void.
    public static CompiledRules of(List<FilterInput> inputs, LocalAddresses local) {
        Compiler compiler = new Compiler(local);
        for (FilterInput input : inputs) {
            if (input.hasSrcBits()
                    || input.dstPorts().stream().anyMatch(FilterInput.Ports::hasBits)) {
                return none("prefix lengths beside addresses: all rules are void");
            }
            compiler.add(input);
        }
        return compiler.build(compiler.problems);
    }

    /// Nothing is allowed, for a reason that people should know.
    public static CompiledRules none(String problem) {
        return new Compiler(LocalAddresses.NONE).build(List.of(problem));
    }

    /// Whether a rule opens anything, here or elsewhere, to one of these addresses.
    public static boolean openTo(Collection<IpPrefix> sources, List<FilterInput> inputs) {
        List<IpRange> ranges = sources.stream().map(IpRange::of).toList();
        return inputs.stream()
                .filter(input -> !input.dstPorts().isEmpty())
                .flatMap(input -> input.srcIps().stream())
                .flatMap(src -> readable(src).stream())
                .anyMatch(range -> ranges.stream().anyMatch(range::overlaps));
    }

    private static List<IpRange> readable(String source) {
        try {
            return IpRange.parse(source);
        } catch (MalformedException e) {
            return List.of(); // a capability, or a mistake that the rules' compiler tells
        }
    }

    /// The rules that hold for an address, whatever its node may do.
    List<Rule> from(boolean v4, long high, long low) {
        return rules.at(v4, high, low);
    }

    List<CapabilityRule> capabilityRules() {
        return capabilityRules;
    }

    /// What was wrong with the rules, for a warning.
    public List<String> problems() {
        return problems;
    }

    /// What the peer at `src` may do at our address `dst`: capability to JSON values, joined over all rules in their order.
    public Map<String, List<Object>> grants(IpAddress src, IpAddress dst) {
        Map<String, List<Object>> granted = new LinkedHashMap<>();
        for (CapabilityGrant grant : grants.at(src.v4(), src.high(), src.low())) {
            if (grant.dsts.stream().anyMatch(prefix -> prefix.contains(dst))) {
                grant.caps.forEach((cap, values) ->
                        granted.computeIfAbsent(cap, c -> new ArrayList<>()).addAll(values));
            }
        }
        return granted;
    }

    private static final class Compiler {
        private final LocalAddresses local;
        private final AddressIndex.Builder<Rule> rules = new AddressIndex.Builder<>();
        private final List<CapabilityRule> capabilityRules = new ArrayList<>();
        private final AddressIndex.Builder<CapabilityGrant> grants = new AddressIndex.Builder<>();
        private final List<String> problems = new ArrayList<>();

        Compiler(LocalAddresses local) {
            this.local = local;
        }

        CompiledRules build(List<String> problems) {
            return new CompiledRules(
                    rules.build(),
                    List.copyOf(capabilityRules),
                    grants.build(),
                    List.copyOf(problems));
        }

        void add(FilterInput input) {
            List<IpRange> sources = new ArrayList<>();
            Set<String> capabilities = new TreeSet<>();
            for (String src : input.srcIps()) {
                if (src.startsWith(CAPABILITY)) {
                    capabilities.add(src.substring(CAPABILITY.length()));
                } else {
                    sources.addAll(ranges(src));
                }
            }
            addRule(input, sources, capabilities);
            for (FilterInput.Grant grant : input.grants()) {
                addGrant(grant, sources);
            }
        }

        private void addRule(FilterInput input, List<IpRange> sources, Set<String> capabilities) {
            List<Rule.Target> targets =
                    input.dstPorts().stream()
                            .flatMap(dst ->
                                    ranges(dst.ip()).stream()
                                            .map(range ->
                                                    new Rule.Target(
                                                            range, dst.first(), dst.last())))
                            .filter(target -> local.overlaps(target.range()))
                            .toList();
            if (targets.isEmpty()) {
                return;
            }
            Rule rule = Rule.of(input.protocols(), targets);
            rules.add(rule, sources);
            if (!capabilities.isEmpty()) {
                capabilityRules.add(new CapabilityRule(capabilities, rule));
            }
        }

        private void addGrant(FilterInput.Grant grant, List<IpRange> sources) {
            List<IpPrefix> dsts = new ArrayList<>();
            for (String dst : grant.dsts()) {
                try {
                    dsts.add(IpPrefix.parse(dst));
                } catch (MalformedException e) {
                    problems.add(e.reason());
                }
            }
            Map<String, List<Object>> caps = new LinkedHashMap<>();
            grant.caps().stream()
                    .filter(cap -> !cap.isEmpty())
                    .forEach(cap -> caps.put(cap, List.of()));
            caps.putAll(grant.capMap());
            grants.add(new CapabilityGrant(List.copyOf(dsts), caps), sources);
        }

        private List<IpRange> ranges(String text) {
            try {
                return IpRange.parse(text);
            } catch (MalformedException e) {
                problems.add("\"" + text + "\": " + e.reason());
                return List.of();
            }
        }
    }
}
