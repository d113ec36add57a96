package dev.remora.server.policy;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.server.model.Owner;
import dev.remora.server.model.User;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Tries a policy's own `tests` and `sshTests` on the nodes there are. A test whose source or destination is nobody fails:
/// it would show nothing.
final class AssertionCheck {
    private final Content content;
    private final Directory directory;
    private final Collection<Standing> nodes;
    private final Map<Long, Set<String>> emails = new HashMap<>();

    AssertionCheck(
            Content content,
            Directory directory,
            Collection<User> users,
            Collection<Standing> nodes) {
        this.content = content;
        this.directory = directory;
        this.nodes = nodes;
        users.forEach(user -> emails.put(user.id(), Set.of(user.email())));
    }

    void report(Problems problems) {
        for (Assertions.Packet test : content.assertions().packets()) {
            check(test, problems);
        }
        for (Assertions.Login test : content.assertions().logins()) {
            check(test, problems);
        }
    }

    private void check(Assertions.Packet test, Problems problems) {
        String what = test.source() + " to " + test.target();
        List<IpPrefix> from = places(test.from());
        List<IpPrefix> to = places(test.to().alias());
        if (from.isEmpty() || to.isEmpty()) {
            String nobody = from.isEmpty() ? test.source() : test.target();
            problems.add(test.at(), "test failed: " + what + ": nobody is " + nobody);
            return;
        }
        boolean gets =
                from.stream().allMatch(place -> to.stream().anyMatch(t -> gets(place, t, test)));
        if (gets != test.accepted()) {
            problems.add(
                    test.at(),
                    "test failed: "
                            + what
                            + (gets ? " gets through, but must not" : " does not get through"));
        }
    }

    private boolean gets(IpPrefix from, IpPrefix to, Assertions.Packet test) {
        long port = test.to().ports().getFirst().first();
        return content.rules().stream()
                .anyMatch(rule ->
                        rule.opens() instanceof Rule.Packets(var protocols, var ports)
                                && (protocols.isEmpty()
                                        || !Collections.disjoint(protocols, test.protocols()))
                                && ports.stream()
                                        .anyMatch(p -> p.first() <= port && port <= p.last())
                                && connects(rule, from, to));
    }

    private boolean connects(Rule rule, IpPrefix from, IpPrefix to) {
        if (rule.from().stream().noneMatch(alias -> sends(alias, from))) {
            return false;
        }
        if (rule.isPerUser()) {
            return owners(from).stream().anyMatch(owners(to)::contains);
        }
        return covers(rule.to(), to);
    }

    private boolean sends(Alias alias, IpPrefix from) {
        return alias instanceof Alias.Everything
                ? Networks.MEMBERS.stream().anyMatch(members -> Networks.overlap(members, from))
                : covers(alias, from);
    }

    private boolean covers(Alias alias, IpPrefix place) {
        return switch (alias) {
            case Alias.Network(var network) -> Networks.overlap(network, place);
            case Alias.Internet internet -> Networks.isInternet(place);
            case Alias.Everything everything -> true;
            case Alias.Anyone anyone -> true;
            case Alias.Self self -> false;
            case Alias.Users users -> isOf(alias, place);
            case Alias.Tag tag -> isOf(alias, place);
            case Alias.Members members -> isOf(alias, place);
            case Alias.Tagged tagged -> isOf(alias, place);
        };
    }

    private boolean isOf(Alias identity, IpPrefix place) {
        return nodes.stream()
                .anyMatch(node ->
                        !node.within(place).isEmpty() && directory.means(identity, node.owner()));
    }

    /// The users with untagged nodes in a place.
    private List<Owner> owners(IpPrefix place) {
        return nodes.stream()
                .filter(node -> !node.within(place).isEmpty())
                .map(Standing::owner)
                .filter(owner -> owner instanceof Owner.Person)
                .toList();
    }

    /// What a test's source or destination stands for; each part is tried.
    private List<IpPrefix> places(Alias alias) {
        return switch (alias) {
            case Alias.Network(var network) -> List.of(network);
            case Alias.Everything everything -> Networks.MEMBERS;
            case Alias.Anyone anyone ->
                    List.of(new IpPrefix(IpAddress.ANY_V4, 0), new IpPrefix(IpAddress.ANY_V6, 0));
            default -> {
                List<IpPrefix> places = new ArrayList<>();
                meant(alias).forEach(node -> places.addAll(node.singles()));
                yield places;
            }
        };
    }

    private void check(Assertions.Login test, Problems problems) {
        List<Standing> from = meant(test.from());
        for (Alias alias : test.to()) {
            String what = test.source() + " as \"" + test.login() + "\" by SSH";
            List<Standing> to = alias instanceof Alias.Self ? ownOf(from) : meant(alias);
            if (from.isEmpty() || to.isEmpty()) {
                problems.add(test.at(), "test failed: " + what + ": there is no such node");
            } else if (!holds(test, from, to)) {
                problems.add(
                        test.at(),
                        "test failed: "
                                + what
                                + switch (test.expected()) {
                                    case ACCEPTED -> " does not get in";
                                    case DENIED -> " gets in, but must not";
                                    case CHECKED -> " is not asked";
                                });
            }
        }
    }

    private boolean holds(Assertions.Login test, List<Standing> from, List<Standing> to) {
        boolean all = true;
        boolean some = false;
        for (Standing source : from) {
            for (Standing target : to) {
                boolean in = getsIn(test, source, target);
                all &= in;
                some |= in;
            }
        }
        return test.expected() == Assertions.Outcome.DENIED ? !some : all;
    }

    private boolean getsIn(Assertions.Login test, Standing from, Standing to) {
        Set<String> emailsOfSource =
                from.owner() instanceof Owner.Person(var id)
                        ? emails.getOrDefault(id, Set.of())
                        : Set.of();
        return content.ssh().stream()
                .filter(rule -> test.expected() != Assertions.Outcome.CHECKED || rule.check())
                .filter(rule ->
                        rule.from().stream().anyMatch(a -> directory.means(a, from.owner())))
                .filter(rule -> rule.to().stream().anyMatch(a -> isTarget(a, from, to)))
                .anyMatch(rule -> rule.allowsLogin(test.login(), emailsOfSource));
    }

    private boolean isTarget(Alias alias, Standing from, Standing to) {
        return alias instanceof Alias.Self
                ? from.owner() instanceof Owner.Person && from.owner().equals(to.owner())
                : directory.means(alias, to.owner());
    }

    /// The nodes that an alias means, by what they are or by an address.
    private List<Standing> meant(Alias alias) {
        return nodes.stream()
                .filter(node ->
                        alias instanceof Alias.Network(var network)
                                ? !node.within(network).isEmpty()
                                : directory.means(alias, node.owner()))
                .toList();
    }

    private List<Standing> ownOf(List<Standing> from) {
        List<Owner> owners = from.stream().map(Standing::owner).toList();
        return nodes.stream()
                .filter(node ->
                        node.owner() instanceof Owner.Person && owners.contains(node.owner()))
                .toList();
    }
}
