package dev.remora.server.policy;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The addresses that the rules' sources stand for, as nodes come and go.
final class AddressBook {
    private final CompiledPolicy policy;

    /// Approved subnet routes, with how many nodes serve each.
    private final Map<IpPrefix, Integer> subnets = new HashMap<>();

    /// For rules that each user has for themselves: the addresses of a user's nodes.
    private final Map<Long, Set<IpAddress>> byUser = new HashMap<>();

    private long textsMade;

    /// A node as it stands in this book.
    record Entry(Standing standing, Signature signature) {}

    /// Whose filters have to be written anew.
    ///
    /// @param rules what they are reached by
    /// @param users whose own nodes they are
    record Outdated(BitSet rules, Set<Long> users) {
        boolean concerns(Signature signature) {
            return signature.reached().intersects(rules) || users.contains(signature.user());
        }
    }

    AddressBook(CompiledPolicy policy) {
        this.policy = policy;
    }

    /// Writes the first entries, all at once.
    void open(Collection<Entry> entries) {
        for (Entry entry : entries) {
            sources(entry).stream().forEach(i -> policy.sources().get(i).add(entry.standing()));
            countSubnets(null, entry);
            users(null, entry);
        }
        BitSet all = new BitSet();
        all.set(0, policy.sources().size());
        rewritten(all);
    }

    /// How often the addresses of some sources were put together.
    long textsMade() {
        return textsMade;
    }

    /// Strikes out one entry and writes another.
    Outdated replace(@Nullable Entry before, @Nullable Entry after) {
        BitSet touched = sources(before);
        if (before != null && after != null && sameAddresses(before, after)) {
            touched.xor(sources(after));
        } else {
            touched.or(sources(after));
        }
        if (before != null) {
            sources(before).stream()
                    .forEach(i -> policy.sources().get(i).remove(before.standing()));
        }
        if (after != null) {
            sources(after).stream().forEach(i -> policy.sources().get(i).add(after.standing()));
        }
        if (countSubnets(before, after)) {
            touched.or(policy.sourcesWithEverything());
        }
        return new Outdated(rewritten(touched), users(before, after));
    }

    private static BitSet sources(@Nullable Entry entry) {
        return entry == null ? new BitSet() : (BitSet) entry.signature().named().clone();
    }

    private static boolean sameAddresses(Entry before, Entry after) {
        return before.standing().addresses().equals(after.standing().addresses());
    }

    /// The rules whose sources read differently now.
    private BitSet rewritten(BitSet touched) {
        BitSet rules = new BitSet();
        List<IpRange> behindRouters = subnets.keySet().stream().map(IpRange::of).toList();
        touched.stream()
                .forEach(i -> {
                    textsMade++;
                    if (policy.sources().get(i).refresh(behindRouters)) {
                        rules.or(policy.rulesFrom(i));
                    }
                });
        return rules;
    }

    /// Whether there are other approved routes than before.
    private boolean countSubnets(@Nullable Entry before, @Nullable Entry after) {
        Set<IpPrefix> known = Set.copyOf(subnets.keySet());
        if (before != null) {
            before.standing()
                    .subnets()
                    .forEach(subnet ->
                            subnets.computeIfPresent(subnet, (s, n) -> n == 1 ? null : n - 1));
        }
        if (after != null) {
            after.standing().subnets().forEach(subnet -> subnets.merge(subnet, 1, Integer::sum));
        }
        return !known.equals(subnets.keySet());
    }

    private Set<Long> users(@Nullable Entry before, @Nullable Entry after) {
        if (before != null
                && after != null
                && before.signature().user() == after.signature().user()
                && sameAddresses(before, after)) {
            return Set.of();
        }
        Set<Long> users = new HashSet<>();
        if (before != null && before.signature().user() >= 0) {
            Set<IpAddress> addresses = addressesOf(before.signature().user());
            before.standing().addresses().forEach(addresses::remove);
            byUser.values().removeIf(Collection::isEmpty);
            users.add(before.signature().user());
        }
        if (after != null && after.signature().user() >= 0) {
            addressesOf(after.signature().user()).addAll(after.standing().addresses());
            users.add(after.signature().user());
        }
        return users;
    }

    private Set<IpAddress> addressesOf(long user) {
        return byUser.computeIfAbsent(user, id -> new TreeSet<>());
    }

    /// The rules that reach nodes of this kind, with their sources as of now; those without any left out.
    List<FilterWriter.Clause> clauses(Signature signature) {
        BitSet all = (BitSet) signature.reached().clone();
        all.or(signature.perUser());
        List<IpRange> own = new ArrayList<>();
        if (signature.user() >= 0) {
            addressesOf(signature.user()).forEach(ip -> own.add(IpRange.of(ip)));
        }
        List<String> ownText = Sources.texts(own);
        List<FilterWriter.Clause> clauses = new ArrayList<>();
        all.stream()
                .forEach(i -> {
                    Rule rule = policy.rules().get(i);
                    List<String> sources = rule.isPerUser() ? ownText : policy.sourcesOf(i).text();
                    if (!sources.isEmpty()) {
                        clauses.add(new FilterWriter.Clause(sources, rule));
                    }
                });
        return clauses;
    }
}
