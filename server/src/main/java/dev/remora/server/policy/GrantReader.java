package dev.remora.server.policy;

import dev.remora.base.MalformedException;
import dev.remora.proto.control.PortRange;
import dev.remora.proto.control.RawJson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads `grants`.
final class GrantReader {
    private static final String TAILSCALE = "tailscale.com/";
    private static final String CAPABILITY = "tailscale.com/cap/";

    /// Of the capabilities in that domain, those that a policy may grant. The companions of two of them come by themselves.
    private static final Set<String> GRANTABLE =
            Set.of("drive", "relay", "webui", "kubernetes", "tsidp", "secrets");

    /// Who gets a capability must find whom it got it from: the other end has one in return.
    private static final Map<String, String> COMPANIONS =
            Map.of(
                    "tailscale.com/cap/drive", "tailscale.com/cap/drive-sharer",
                    "tailscale.com/cap/relay", "tailscale.com/cap/relay-target");

    private final AliasReader aliases;
    private final Problems problems;
    private final List<Problem> remarks;
    private final List<Rule> rules;

    /// What one grant allows, whatever its destination.
    private record Grant(
            List<Alias> from,
            Map<List<Long>, List<PortRange>> packets,
            Map<String, @Nullable List<RawJson>> capabilities,
            Set<String> via) {}

    /// @param rules gets what is read
    GrantReader(AliasReader aliases, Problems problems, List<Problem> remarks, List<Rule> rules) {
        this.aliases = aliases;
        this.problems = problems;
        this.remarks = remarks;
        this.rules = rules;
    }

    /// Reads `{src, dst, ip, app, via}`.
    void read(HuJson value) {
        Fields fields = Fields.of(value, problems, "src", "dst", "ip", "app", "via");
        if (fields.items("ip").isEmpty() && fields.members("app").isEmpty()) {
            problems.add(fields.at(), "a grant needs \"ip\" or \"app\"");
        }
        Grant grant =
                new Grant(
                        aliases.list(fields, "src", AliasReader.Use.SOURCE),
                        packets(fields),
                        capabilities(fields),
                        via(fields));
        List<Alias> to = new ArrayList<>();
        for (HuJson.Text text : fields.texts("dst")) {
            Alias alias = aliases.read(text.at(), text.text(), AliasReader.Use.DESTINATION);
            if (alias != null) {
                checkDestination(text.at(), grant, alias);
                to.add(alias);
                add(text.at(), grant, alias);
            }
        }
        if (grant.via().isEmpty()) {
            companions(grant.from(), to, grant.capabilities().keySet());
        }
    }

    private void checkDestination(Place at, Grant grant, Alias to) {
        if (to instanceof Alias.Network(var prefix) && prefix.bits() == 0) {
            problems.add(at, "to allow all addresses, write * or autogroup:internet");
        }
        if (to instanceof Alias.Internet && !grant.capabilities().isEmpty()) {
            problems.add(at, "nobody on the Internet reads what \"app\" grants");
        }
        if (to instanceof Alias.Self && grant.from().contains(new Alias.Everything())) {
            problems.add(at, "autogroup:self needs users as sources, and * is more");
        }
    }

    private void add(Place at, Grant grant, Alias to) {
        grant.packets()
                .forEach((protocols, ports) ->
                        add(at, grant, to, new Rule.Packets(protocols, ports)));
        if (grant.via().isEmpty()) {
            if (!grant.capabilities().isEmpty()) {
                add(at, grant, to, new Rule.Capabilities(grant.capabilities()));
            }
            return;
        }
        if (!grant.capabilities().isEmpty()) {
            remark(at, "with \"via\", \"app\" has no effect");
        }
        if (!(to instanceof Alias.Network) && !(to instanceof Alias.Internet)) {
            remark(at, "\"via\" opens only what is behind routers, and this is not");
        }
    }

    private void add(Place at, Grant grant, Alias to, Rule.Opens opens) {
        Rule rule = new Rule(grant.from(), to, opens, grant.via());
        rule.check(at, problems);
        rules.add(rule);
    }

    private void remark(Place at, String text) {
        remarks.add(new Problem(at.line(), at.column(), text));
    }

    /// Ports by protocol, from items as `tcp:443`, `80-90` or `*`.
    private Map<List<Long>, List<PortRange>> packets(Fields fields) {
        Map<List<Long>, List<PortRange>> packets = new LinkedHashMap<>();
        for (HuJson.Text text : fields.texts("ip")) {
            try {
                int colon = text.text().indexOf(':');
                String protocol = colon < 0 ? "" : text.text().substring(0, colon);
                List<PortRange> ports = PortsReader.ports(text.text().substring(colon + 1));
                List<Long> numbers =
                        colon < 0 ? List.of() : List.of(PortsReader.protocol(protocol));
                PortsReader.check(text.at(), numbers, ports, problems);
                packets.computeIfAbsent(numbers, n -> new ArrayList<>()).addAll(ports);
            } catch (MalformedException e) {
                problems.add(text.at(), e.reason());
            }
        }
        return packets;
    }

    private Map<String, @Nullable List<RawJson>> capabilities(Fields fields) {
        Map<String, @Nullable List<RawJson>> capabilities = new LinkedHashMap<>();
        for (HuJson.Member member : fields.members("app")) {
            checkCapability(member);
            List<RawJson> values = new ArrayList<>();
            for (HuJson item : fields.items(member.value())) {
                if (!(item instanceof HuJson.Members)) {
                    problems.add(item.at(), "expected an object, found " + item.kind());
                }
                values.add(new RawJson(item.json()));
            }
            capabilities.put(member.name(), values);
        }
        return capabilities;
    }

    private void checkCapability(HuJson.Member member) {
        String name = member.name();
        if (name.contains("://")) {
            problems.add(member.at(), "a capability is written domain/path, not \"" + name + "\"");
        } else if (name.startsWith(TAILSCALE) && !isGrantable(name)) {
            problems.add(
                    member.at(), "\"" + name + "\" is not a capability that a policy can grant");
        } else if (name.indexOf('/') <= 0) {
            remark(member.at(), "a capability is written domain/path, not \"" + name + "\"");
        }
    }

    private static boolean isGrantable(String name) {
        return name.startsWith(CAPABILITY)
                && GRANTABLE.contains(name.substring(CAPABILITY.length()));
    }

    private Set<String> via(Fields fields) {
        Set<String> via = new HashSet<>();
        for (HuJson.Text text : fields.texts("via")) {
            Alias alias = aliases.read(text.at(), text.text(), AliasReader.Use.OWNER);
            if (alias instanceof Alias.Tag(var name)) {
                via.add(name);
            } else if (alias != null) {
                problems.add(text.at(), "\"via\" takes tags only");
            }
        }
        return via;
    }

    private void companions(List<Alias> from, List<Alias> to, Set<String> capabilities) {
        boolean self = to.remove(new Alias.Self());
        for (String capability : capabilities) {
            String companion = COMPANIONS.get(capability);
            if (companion == null) {
                continue;
            }
            Map<String, @Nullable List<RawJson>> inReturn = new LinkedHashMap<>();
            inReturn.put(companion, null);
            if (self) {
                rules.add(
                        new Rule(
                                from, new Alias.Self(), new Rule.Capabilities(inReturn), Set.of()));
            }
            for (Alias source : from) {
                rules.add(new Rule(to, source, new Rule.Capabilities(inReturn), Set.of()));
            }
        }
    }
}
