package dev.remora.server.policy;

import dev.remora.base.IpPrefix;
import dev.remora.proto.control.RawJson;
import dev.remora.server.model.Owner;
import dev.remora.server.model.User;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A policy with the users there are, and numbers for its parts: what it makes of one node by itself.
final class CompiledPolicy {
    private final Content content;
    private final Directory directory;
    private final List<Sources> sources = new ArrayList<>();

    /// By a rule's number, its sources' number.
    private final int[] sourcesOf;

    /// By a sources' number, its rules' numbers.
    private final List<BitSet> rulesFrom = new ArrayList<>();

    private final BitSet perUserRules = new BitSet();

    CompiledPolicy(Content content, Collection<User> users) {
        this.content = content;
        directory = new Directory(users);
        sourcesOf = new int[content.rules().size()];
        Map<List<Alias>, Integer> numbers = new LinkedHashMap<>();
        for (int i = 0; i < sourcesOf.length; i++) {
            Rule rule = content.rules().get(i);
            sourcesOf[i] = numbers.computeIfAbsent(rule.from(), this::newSources);
            if (rule.isPerUser()) {
                perUserRules.set(i);
            } else {
                rulesFrom.get(sourcesOf[i]).set(i);
            }
        }
    }

    private int newSources(List<Alias> aliases) {
        sources.add(new Sources(aliases, directory));
        rulesFrom.add(new BitSet());
        return sources.size() - 1;
    }

    Directory directory() {
        return directory;
    }

    List<Rule> rules() {
        return content.rules();
    }

    List<Sources> sources() {
        return sources;
    }

    Sources sourcesOf(int rule) {
        return sources.get(sourcesOf[rule]);
    }

    /// The sources that mean what is behind routers, too.
    BitSet sourcesWithEverything() {
        BitSet all = new BitSet();
        for (int i = 0; i < sources.size(); i++) {
            all.set(i, sources.get(i).haveEverything());
        }
        return all;
    }

    /// The rules, but those for each user, that have these sources.
    BitSet rulesFrom(int sources) {
        return rulesFrom.get(sources);
    }

    Signature signature(Standing node) {
        BitSet named = new BitSet();
        BitSet held = new BitSet();
        for (int i = 0; i < sources.size(); i++) {
            held.set(i, sources.get(i).hold(node));
            named.set(i, sources.get(i).name(node));
        }
        BitSet may = new BitSet();
        held.stream().forEach(i -> may.or(rulesFrom.get(i)));
        BitSet reached = new BitSet();
        for (int i = 0; i < sourcesOf.length; i++) {
            reached.set(i, content.rules().get(i).reaches(node, directory));
        }
        BitSet perUser = new BitSet();
        if (node.owner() instanceof Owner.Person) {
            perUserRules.stream().filter(i -> held.get(sourcesOf[i])).forEach(perUser::set);
        }
        long user = !perUser.isEmpty() && node.owner() instanceof Owner.Person(var id) ? id : -1;
        return new Signature(named, may, reached, perUser, user, attributes(node));
    }

    private BitSet attributes(Standing node) {
        BitSet attributes = new BitSet();
        for (int i = 0; i < content.attributes().size(); i++) {
            attributes.set(
                    i,
                    content.attributes().get(i).targets().stream()
                            .anyMatch(alias ->
                                    alias instanceof Alias.Network(var network)
                                            ? !node.within(network).isEmpty()
                                            : directory.means(alias, node.owner())));
        }
        return attributes;
    }

    /// The capabilities of these entries of `nodeAttrs`.
    Map<String, @Nullable List<RawJson>> attributes(BitSet which) {
        Map<String, @Nullable List<RawJson>> attributes = new TreeMap<>();
        which.stream()
                .forEach(i ->
                        content.attributes()
                                .get(i)
                                .names()
                                .forEach(name -> attributes.put(name, null)));
        return attributes;
    }

    boolean knowsTag(String tag) {
        return content.tagOwners().containsKey(tag);
    }

    /// Whether this owner may assign a tag: it is among the tag's owners, or among the owners of a tag that is. A circle of
    /// tags makes nobody an owner.
    boolean mayTag(Owner owner, String tag) {
        return mayTag(owner, tag, new HashSet<>());
    }

    private boolean mayTag(Owner owner, String tag, Set<String> seen) {
        if (!seen.add(tag)) {
            return false;
        }
        for (Alias alias : content.tagOwners().getOrDefault(tag, List.of())) {
            if (directory.means(alias, owner)
                    || alias instanceof Alias.Tag(var next) && mayTag(owner, next, seen)) {
                return true;
            }
        }
        return false;
    }

    boolean autoApproves(Owner owner, IpPrefix route) {
        if (route.bits() == 0) {
            return means(content.autoApprovers().exit(), owner);
        }
        return content.autoApprovers().routes().entrySet().stream()
                .anyMatch(entry ->
                        entry.getKey().bits() <= route.bits()
                                && entry.getKey().contains(route.ip())
                                && means(entry.getValue(), owner));
    }

    private boolean means(List<Alias> aliases, Owner owner) {
        return aliases.stream().anyMatch(alias -> directory.means(alias, owner));
    }
}
