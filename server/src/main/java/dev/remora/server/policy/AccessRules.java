package dev.remora.server.policy;

import dev.remora.base.IpPrefix;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.model.User;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A policy applied to the users and nodes there are. Not safe for several threads; what it returns is immutable.
///
/// When users come, go or are renamed, make a new one.
public final class AccessRules {
    private final Policy policy;
    private final CompiledPolicy compiled;
    private final Groups groups = new Groups();
    private final AddressBook addresses;
    private final Map<Long, Member> members = new HashMap<>();
    private final Map<Long, View> views = new HashMap<>();
    private long filtersCompiled;

    /// A node and the group it is in.
    private record Member(Standing standing, Group group) {
        AddressBook.Entry entry() {
            return new AddressBook.Entry(standing, group.signature);
        }
    }

    private AccessRules(Policy policy, Collection<User> users) {
        this.policy = policy;
        compiled = new CompiledPolicy(policy.content(), users);
        addresses = new AddressBook(compiled);
    }

    /// A policy that is to come into force.
    ///
    /// @throws PolicyException a name in it means several users, or something in its `tests` or `sshTests` does not hold
    public static AccessRules of(Policy policy, Collection<User> users, Collection<Node> nodes)
            throws PolicyException {
        AccessRules rules = inForce(policy, users, nodes);
        Problems problems = new Problems();
        policy.content().users().forEach((name, at) -> rules.checkUser(name, at, problems));
        problems.throwIfAny();
        new AssertionCheck(policy.content(), rules.compiled.directory(), users, rules.standings())
                .report(problems);
        problems.throwIfAny();
        return rules;
    }

    private void checkUser(String name, Place at, Problems problems) {
        List<User> found = compiled.directory().find(name);
        if (found.size() > 1) {
            problems.add(at, "\"" + name + "\" could be any of " + found.size() + " users");
        }
    }

    /// A policy that is in force already: its tests are not run again, and a name that has come to mean several users
    /// means nobody.
    public static AccessRules inForce(
            Policy policy, Collection<User> users, Collection<Node> nodes) {
        AccessRules rules = new AccessRules(policy, users);
        nodes.stream().filter(node -> node.membership().authorized()).forEach(rules::admit);
        rules.addresses.open(rules.members.values().stream().map(Member::entry).toList());
        return rules;
    }

    private void admit(Node node) {
        Standing standing = Standing.of(node);
        members.put(
                node.id(),
                new Member(standing, groups.enter(compiled.signature(standing), node.id())));
    }

    /// What is worth saying about the policy, with the users there are now.
    public List<Problem> remarks() {
        List<Problem> remarks = new ArrayList<>(policy.remarks());
        policy.content()
                .users()
                .forEach((name, at) -> {
                    int found = compiled.directory().find(name).size();
                    if (found != 1) {
                        String text =
                                found == 0 ? "there is no user \"" : "more than one user is \"";
                        remarks.add(new Problem(at.line(), at.column(), text + name + "\""));
                    }
                });
        remarks.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
        return remarks;
    }

    /// A node that is new or has changed.
    ///
    /// @return the nodes whose view is now another, this one among them if it may be so
    public Set<Long> put(Node node) {
        if (!node.membership().authorized()) {
            return remove(node.id());
        }
        Standing standing = Standing.of(node);
        Member before = members.get(node.id());
        if (before != null && before.standing().equals(standing)) {
            return Set.of();
        }
        Signature signature = compiled.signature(standing);
        Set<Long> affected = new HashSet<>();
        Group group;
        if (before != null && before.group().signature.equals(signature)) {
            group = before.group();
        } else {
            BitSet viewers = before == null ? new BitSet() : (BitSet) before.group().sees.clone();
            group = groups.enter(signature, node.id());
            if (before != null) {
                groups.leave(before.group(), node.id());
            }
            groups.addDifference(viewers, group.sees, affected);
        }
        Member after = new Member(standing, group);
        members.put(node.id(), after);
        outdate(before, after, affected);
        affected.add(node.id());
        affected.forEach(views::remove);
        return affected;
    }

    /// A node that is no more.
    ///
    /// @return the other nodes whose view is now another
    public Set<Long> remove(long id) {
        Member before = members.remove(id);
        if (before == null) {
            return Set.of();
        }
        Set<Long> affected = new HashSet<>();
        groups.leave(before.group(), id);
        groups.forEachMember(before.group().sees, affected::add);
        outdate(before, null, affected);
        views.remove(id);
        affected.forEach(views::remove);
        return affected;
    }

    /// Has the filters compiled again that speak of a node's addresses.
    private void outdate(@Nullable Member before, @Nullable Member after, Set<Long> affected) {
        AddressBook.Outdated outdated =
                addresses.replace(
                        before == null ? null : before.entry(),
                        after == null ? null : after.entry());
        for (Group group : groups.all()) {
            if (outdated.concerns(group.signature)) {
                group.filter = null;
                affected.addAll(group.members);
            }
        }
    }

    /// What a node may know and let in; for a node that is not there, nothing.
    public View view(long nodeId) {
        Member member = members.get(nodeId);
        return member == null ? View.nothing() : views.computeIfAbsent(nodeId, id -> view(member));
    }

    private View view(Member member) {
        Group group = member.group();
        if (group.filter == null) {
            filtersCompiled++;
            group.filter = Group.Filter.of(addresses.clauses(group.signature), member.standing());
        }
        return new View(
                new IdSet(groups.roster(group), member.standing().id()),
                group.filter.rulesOf(member.standing()),
                compiled.attributes(group.signature.attributes()),
                compiled.rules(),
                group.signature);
    }

    /// Whether a user may give a node this tag.
    public boolean mayTag(User user, String tag) {
        return compiled.mayTag(new Owner.Person(user.id()), tag);
    }

    /// Whether a node may take this tag: its user owns it, or one of its own tags does.
    public boolean mayTag(Node node, String tag) {
        return compiled.mayTag(node.owner(), tag);
    }

    /// Whether the policy has this tag at all.
    public boolean knowsTag(String tag) {
        return compiled.knowsTag(tag);
    }

    /// Whether a node's announced route needs nobody's approval. What was approved stays so when this changes.
    public boolean autoApproves(Node node, IpPrefix route) {
        return compiled.autoApproves(node.owner(), route);
    }

    /// How often a group's rules, a source's addresses or a list of visible nodes were worked out.
    long compilations() {
        return filtersCompiled + groups.rostersMade() + addresses.textsMade();
    }

    private List<Standing> standings() {
        return members.values().stream().map(Member::standing).toList();
    }
}
