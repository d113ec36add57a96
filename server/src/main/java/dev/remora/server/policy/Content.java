package dev.remora.server.policy;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a policy says.
///
/// @param rules in the order of the text, those of `acls` first
/// @param tagOwners who may assign each tag; another tag does not exist
/// @param users whom it speaks of, with the first place where it does
record Content(
        List<Rule> rules,
        Map<String, List<Alias>> tagOwners,
        AutoApprovers autoApprovers,
        List<NodeAttributes> attributes,
        List<SshRule> ssh,
        Assertions assertions,
        Map<String, Place> users) {
    private static final Rule ALLOW_ALL =
            new Rule(
                    List.of(new Alias.Anyone()),
                    new Alias.Everything(),
                    new Rule.Packets(List.of(), List.of(PortsReader.ALL)),
                    Set.of());

    /// Of a policy without rules.
    static final List<Rule> NO_RULES = List.of(ALLOW_ALL);

    Content {
        rules = List.copyOf(rules);
        attributes = List.copyOf(attributes);
        ssh = List.copyOf(ssh);
    }
}
