package dev.remora.server.policy;

import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// Reads what rules refer to, and who may tag and announce: `groups`, `hosts`, `tagOwners`, `autoApprovers`.
final class DefinitionReader {
    private final Fields policy;
    private final Names names;
    private final AliasReader aliases;
    private final Problems problems;

    DefinitionReader(Fields policy, Names names, AliasReader aliases, Problems problems) {
        this.policy = policy;
        this.names = names;
        this.aliases = aliases;
        this.problems = problems;
    }

    /// Fills in what everything else refers to.
    void names() {
        policy.members("groups").forEach(this::group);
        policy.members("hosts").forEach(this::host);
        for (HuJson.Member tag : policy.members("tagOwners")) {
            if (!tag.name().matches("tag:[A-Za-z].*")) {
                problems.add(
                        tag.at(),
                        "a tag is written tag:name and its name begins with a letter, not \""
                                + tag.name()
                                + "\"");
            }
            names.tags.put(tag.name(), tag.at());
        }
    }

    private void group(HuJson.Member group) {
        if (!group.name().startsWith("group:") || group.name().length() == "group:".length()) {
            problems.add(group.at(), "a group is written group:name, not \"" + group.name() + "\"");
        }
        SortedSet<String> members = new TreeSet<>();
        policy.texts(group.value()).forEach(text -> member(text, members));
        names.groups.put(group.name(), members);
    }

    private void member(HuJson.Text text, SortedSet<String> members) {
        if (text.text().startsWith("group:")) {
            problems.add(text.at(), "a group has users, no other groups");
            return;
        }
        try {
            members.add(aliases.user(text.at(), text.text().strip()));
        } catch (MalformedException e) {
            problems.add(text.at(), e.reason());
        }
    }

    private void host(HuJson.Member host) {
        HuJson.Text text = policy.text(host.value());
        if (host.name().isBlank() || host.name().matches(".*[:/@*].*")) {
            problems.add(host.at(), "\"" + host.name() + "\" cannot be a host's name");
        }
        if (text == null) {
            return;
        }
        try {
            names.hosts.put(host.name(), AliasReader.networkOf(text.text().strip()));
        } catch (MalformedException e) {
            problems.add(text.at(), "\"" + text.text() + "\" is neither an address nor a network");
        }
    }

    /// Who may assign each tag.
    Map<String, List<Alias>> tagOwners() {
        Map<String, List<Alias>> owners = new LinkedHashMap<>();
        for (HuJson.Member tag : policy.members("tagOwners")) {
            owners.put(tag.name(), owners(policy.texts(nullAsEmpty(tag.value()))));
        }
        return owners;
    }

    /// Whose routes need nobody's approval.
    AutoApprovers autoApprovers() {
        HuJson value = policy.get("autoApprovers");
        Map<IpPrefix, List<Alias>> routes = new LinkedHashMap<>();
        if (value == null) {
            return new AutoApprovers(routes, List.of());
        }
        Fields approvers = Fields.of(value, problems, "routes", "exitNode");
        for (HuJson.Member route : approvers.members("routes")) {
            try {
                routes.merge(
                        IpPrefix.parse(route.name()).masked(),
                        owners(approvers.texts(nullAsEmpty(route.value()))),
                        DefinitionReader::both);
            } catch (MalformedException e) {
                problems.add(route.at(), "\"" + route.name() + "\" is no network: " + e.reason());
            }
        }
        return new AutoApprovers(routes, owners(approvers.texts("exitNode")));
    }

    private List<Alias> owners(List<HuJson.Text> texts) {
        List<Alias> owners = new ArrayList<>();
        for (HuJson.Text text : texts) {
            Alias alias = aliases.read(text.at(), text.text(), AliasReader.Use.OWNER);
            if (alias != null) {
                owners.add(alias);
            }
        }
        return owners;
    }

    private static HuJson nullAsEmpty(HuJson value) {
        return value instanceof HuJson.Nothing(var at) ? new HuJson.Items(at, List.of()) : value;
    }

    private static List<Alias> both(List<Alias> some, List<Alias> others) {
        List<Alias> both = new ArrayList<>(some);
        both.addAll(others);
        return both;
    }
}
