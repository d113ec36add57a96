package dev.remora.server.policy;

import dev.remora.base.MalformedException;
import java.util.List;
import java.util.Set;

/// Reads `acls`.
final class AclReader {
    private final AliasReader aliases;
    private final Problems problems;
    private final List<Rule> rules;

    /// @param rules gets what is read
    AclReader(AliasReader aliases, Problems problems, List<Rule> rules) {
        this.aliases = aliases;
        this.problems = problems;
        this.rules = rules;
    }

    /// Reads `{action, proto, src, dst}`. Names that begin with `#` are comments.
    void read(HuJson value) {
        Fields acl = Fields.of(withoutComments(value), problems, "action", "proto", "src", "dst");
        HuJson.Text action = acl.text("action");
        if (action != null && !action.text().equals("accept")) {
            problems.add(
                    action.at(), "the only action is \"accept\", not \"" + action.text() + "\"");
        }
        List<Alias> from = aliases.list(acl, "src", AliasReader.Use.SOURCE);
        HuJson.Text protocol = acl.text("proto");
        List<Long> numbers = protocol == null ? List.of() : protocol(protocol);
        for (HuJson.Text text : acl.texts("dst")) {
            Target target = Target.read(text, aliases, problems);
            if (target != null) {
                PortsReader.check(text.at(), numbers, target.ports(), problems);
                Rule.Packets packets = new Rule.Packets(numbers, target.ports());
                Rule rule = new Rule(from, target.alias(), packets, Set.of());
                rule.check(text.at(), problems);
                rules.add(rule);
            }
        }
    }

    private static HuJson withoutComments(HuJson value) {
        return value instanceof HuJson.Members(var at, var members)
                ? new HuJson.Members(
                        at, members.stream().filter(m -> !m.name().startsWith("#")).toList())
                : value;
    }

    private List<Long> protocol(HuJson.Text text) {
        try {
            return text.text().isEmpty() ? List.of() : List.of(PortsReader.protocol(text.text()));
        } catch (MalformedException e) {
            problems.add(text.at(), e.reason());
            return List.of();
        }
    }
}
