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

/// Reads `acls` and `grants` into rules of one form.
final class RuleReader {
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
    private final List<Rule> rules = new ArrayList<>();

    RuleReader(AliasReader aliases, Problems problems, List<Problem> remarks) {
        this.aliases = aliases;
        this.problems = problems;
        this.remarks = remarks;
    }

    List<Rule> rules() {
        return rules;
    }

    /// Reads `{action, proto, src, dst}`. Names that begin with `#` are comments.
    void acl(HuJson value) {
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
                checkPorts(text.at(), protocol == null ? "tcp" : protocol.text(), target.ports());
                add(text.at(), from, target.alias(), new Rule.Packets(numbers, target.ports()));
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

    private void checkPorts(Place at, String protocol, List<PortRange> ports) {
        if (!protocol.isEmpty()
                && !PortsReader.hasPorts(protocol)
                && !PortsReader.isEverything(ports)) {
            problems.add(at, "the protocol \"" + protocol + "\" has no ports, only * makes sense");
        }
    }

    /// Reads `{src, dst, ip, app, via}`.
    void grant(HuJson value) {
        Fields grant = Fields.of(value, problems, "src", "dst", "ip", "app", "via");
        List<Alias> from = aliases.list(grant, "src", AliasReader.Use.SOURCE);
        Map<List<Long>, List<PortRange>> packets = packets(grant);
        Map<String, @Nullable List<RawJson>> capabilities = capabilities(grant);
        Set<String> via = via(grant);
        if (grant.items("ip").isEmpty() && grant.members("app").isEmpty()) {
            problems.add(grant.at(), "a grant needs \"ip\" or \"app\"");
        }
        List<Alias> to = new ArrayList<>();
        for (HuJson.Text text : grant.texts("dst")) {
            Alias alias = aliases.read(text.at(), text.text(), AliasReader.Use.DESTINATION);
            if (alias != null) {
                checkDestination(text, alias, from, !capabilities.isEmpty());
                to.add(alias);
                grants(text.at(), from, alias, packets, capabilities, via);
            }
        }
        companions(from, to, capabilities.keySet());
    }

    private void checkDestination(HuJson.Text text, Alias alias, List<Alias> from, boolean app) {
        if (alias instanceof Alias.Network(var prefix) && prefix.bits() == 0) {
            problems.add(text.at(), "to allow all addresses, write * or autogroup:internet");
        }
        if (alias instanceof Alias.Internet && app) {
            problems.add(text.at(), "nobody on the Internet reads what \"app\" grants");
        }
        if (alias instanceof Alias.Self && from.contains(new Alias.Everything())) {
            problems.add(text.at(), "autogroup:self needs users as sources, and * is more");
        }
    }

    private void grants(
            Place at,
            List<Alias> from,
            Alias to,
            Map<List<Long>, List<PortRange>> packets,
            Map<String, @Nullable List<RawJson>> capabilities,
            Set<String> via) {
        if (!via.isEmpty() && !(to instanceof Alias.Network) && !(to instanceof Alias.Internet)) {
            remarks.add(
                    new Problem(
                            at.line(),
                            at.column(),
                            "\"via\" opens only what is behind routers, and this is not"));
        }
        packets.forEach(
                (protocols, ports) -> add(at, from, to, new Rule.Packets(protocols, ports), via));
        if (!capabilities.isEmpty()) {
            add(at, from, to, new Rule.Capabilities(capabilities), via);
        }
    }

    /// Ports by protocol, from items as `tcp:443`, `80-90` or `*`.
    private Map<List<Long>, List<PortRange>> packets(Fields grant) {
        Map<List<Long>, List<PortRange>> packets = new LinkedHashMap<>();
        for (HuJson.Text text : grant.texts("ip")) {
            try {
                int colon = text.text().indexOf(':');
                String protocol = colon < 0 ? "" : text.text().substring(0, colon);
                List<PortRange> ports = PortsReader.ports(text.text().substring(colon + 1));
                List<Long> numbers =
                        colon < 0 ? List.of() : List.of(PortsReader.protocol(protocol));
                checkPorts(text.at(), protocol, ports);
                packets.computeIfAbsent(numbers, n -> new ArrayList<>()).addAll(ports);
            } catch (MalformedException e) {
                problems.add(text.at(), e.reason());
            }
        }
        return packets;
    }

    private Map<String, @Nullable List<RawJson>> capabilities(Fields grant) {
        Map<String, @Nullable List<RawJson>> capabilities = new LinkedHashMap<>();
        for (HuJson.Member member : grant.members("app")) {
            checkCapability(member);
            List<RawJson> values = new ArrayList<>();
            for (HuJson item : grant.items(member.value())) {
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
            remarks.add(
                    new Problem(
                            member.at().line(),
                            member.at().column(),
                            "a capability is written domain/path, not \"" + name + "\""));
        }
    }

    private static boolean isGrantable(String name) {
        return name.startsWith(CAPABILITY)
                && GRANTABLE.contains(name.substring(CAPABILITY.length()));
    }

    private Set<String> via(Fields grant) {
        Set<String> via = new HashSet<>();
        for (HuJson.Text text : grant.texts("via")) {
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

    private void add(Place at, List<Alias> from, Alias to, Rule.Opens opens) {
        add(at, from, to, opens, Set.of());
    }

    private void add(Place at, List<Alias> from, Alias to, Rule.Opens opens, Set<String> via) {
        if (to instanceof Alias.Self && !from.stream().allMatch(RuleReader::isOfUsers)) {
            problems.add(at, "autogroup:self needs users, groups or autogroup:member as sources");
        }
        rules.add(new Rule(from, to, opens, via));
    }

    private static boolean isOfUsers(Alias alias) {
        return alias instanceof Alias.Users
                || alias instanceof Alias.Members
                || alias instanceof Alias.Everything;
    }
}
