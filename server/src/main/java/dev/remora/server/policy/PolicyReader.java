package dev.remora.server.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads a whole policy, section by section, definitions first wherever they stand.
final class PolicyReader {
    private static final String RANDOMIZE_PORT = "randomize-client-port";

    /// Attributes that promise what this server does not do.
    private static final Set<String> NOT_IMPLEMENTED = Set.of("funnel");

    private final Names names = new Names();
    private final Problems problems = new Problems();
    private final List<Problem> remarks = new ArrayList<>();
    private final AliasReader aliases = new AliasReader(names, problems);
    private final Fields policy;

    private PolicyReader(HuJson document) {
        policy =
                Fields.of(
                        document,
                        problems,
                        "groups",
                        "hosts",
                        "tagOwners",
                        "acls",
                        "grants",
                        "autoApprovers",
                        "ssh",
                        "nodeAttrs",
                        "tests",
                        "sshTests",
                        "randomizeClientPort");
    }

    /// Reads a document.
    static Policy read(String text) throws PolicyException {
        if (HuJsonReader.isEmpty(text)) {
            return new PolicyReader(new HuJson.Members(new Place(1, 1), List.of())).policy(text);
        }
        return new PolicyReader(HuJsonReader.read(text)).policy(text);
    }

    private Policy policy(String text) throws PolicyException {
        DefinitionReader definitions = new DefinitionReader(policy, names, aliases, problems);
        definitions.names();
        Content content =
                new Content(
                        rules(),
                        definitions.tagOwners(),
                        definitions.autoApprovers(),
                        attributes(),
                        ssh(),
                        assertions(),
                        names.users);
        problems.throwIfAny();
        return new Policy(text, content, remarks);
    }

    private List<Rule> rules() {
        if (!policy.has("acls") && !policy.has("grants")) {
            return Content.NO_RULES;
        }
        List<Rule> rules = new ArrayList<>();
        policy.items("acls").forEach(new AclReader(aliases, problems, rules)::read);
        policy.items("grants").forEach(new GrantReader(aliases, problems, remarks, rules)::read);
        return rules;
    }

    private List<SshRule> ssh() {
        SshReader reader = new SshReader(aliases, problems);
        List<SshRule> rules = new ArrayList<>();
        for (HuJson item : policy.items("ssh")) {
            rules.add(reader.rule(item));
        }
        HuJson section = policy.get("ssh");
        if (section != null && !rules.isEmpty()) {
            Place at = section.at();
            remarks.add(
                    new Problem(
                            at.line(),
                            at.column(),
                            "\"ssh\" is checked but not acted on: nodes are told of no SSH rule, so Tailscale SSH refuses everybody"));
        }
        return rules;
    }

    private List<NodeAttributes> attributes() {
        List<NodeAttributes> all = new ArrayList<>();
        if (policy.flag("randomizeClientPort")) {
            all.add(new NodeAttributes(List.of(new Alias.Everything()), Set.of(RANDOMIZE_PORT)));
        }
        for (HuJson item : policy.items("nodeAttrs")) {
            Fields entry = Fields.of(item, problems, "target", "attr");
            Set<String> attributes = new HashSet<>();
            entry.texts("attr").forEach(text -> attribute(text, attributes));
            all.add(
                    new NodeAttributes(
                            aliases.list(entry, "target", AliasReader.Use.NODE_ATTRIBUTE_TARGET),
                            attributes));
        }
        return all;
    }

    private void attribute(HuJson.Text text, Set<String> attributes) {
        if (NOT_IMPLEMENTED.contains(text.text())) {
            problems.add(text.at(), "the attribute \"" + text.text() + "\" is not implemented");
        } else if (text.text().isBlank()) {
            problems.add(text.at(), "an attribute has a name");
        }
        attributes.add(text.text());
    }

    private Assertions assertions() {
        AssertionReader reader = new AssertionReader(aliases, problems);
        policy.items("tests").forEach(reader::test);
        policy.items("sshTests").forEach(reader::sshTest);
        return reader.assertions();
    }
}
