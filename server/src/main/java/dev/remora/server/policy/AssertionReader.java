package dev.remora.server.policy;

import dev.remora.base.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads `tests` and `sshTests`.
final class AssertionReader {
    /// TCP, UDP and ICMP: what a rule without a protocol is for.
    private static final List<Long> USUAL = List.of(6L, 17L, 1L, 58L);

    private final AliasReader aliases;
    private final Problems problems;
    private final List<Assertions.Packet> packets = new ArrayList<>();
    private final List<Assertions.Login> logins = new ArrayList<>();

    AssertionReader(AliasReader aliases, Problems problems) {
        this.aliases = aliases;
        this.problems = problems;
    }

    Assertions assertions() {
        return new Assertions(packets, logins);
    }

    /// Reads `{src, proto, accept, deny}`.
    void test(HuJson value) {
        Fields test = Fields.of(value, problems, "src", "proto", "accept", "deny");
        HuJson.Text source = source(test);
        List<Long> protocols = protocols(test);
        if (test.items("accept").isEmpty() && test.items("deny").isEmpty()) {
            problems.add(test.at(), "a test needs \"accept\" or \"deny\"");
        }
        Alias from =
                source == null
                        ? null
                        : aliases.read(source.at(), source.text(), AliasReader.Use.SOURCE);
        if (source != null && from != null) {
            packets(test, "accept", source, from, protocols);
            packets(test, "deny", source, from, protocols);
        }
    }

    private HuJson.@Nullable Text source(Fields test) {
        HuJson.Text source = test.text("src");
        if (source == null || source.text().isBlank()) {
            problems.add(test.at(), "a test needs \"src\"");
            return null;
        }
        return source;
    }

    private List<Long> protocols(Fields test) {
        HuJson.Text protocol = test.text("proto");
        if (protocol == null || protocol.text().isEmpty()) {
            return USUAL;
        }
        try {
            List<Long> numbers = List.of(PortsReader.protocol(protocol.text()));
            if (!PortsReader.havePorts(numbers)) {
                problems.add(protocol.at(), "a test's protocol is tcp, udp or sctp");
            }
            return numbers;
        } catch (MalformedException e) {
            problems.add(protocol.at(), e.reason());
            return USUAL;
        }
    }

    private void packets(
            Fields test, String key, HuJson.Text source, Alias from, List<Long> protocols) {
        for (HuJson.Text text : test.texts(key)) {
            Target target = Target.read(text, AliasReader.Use.TEST_DESTINATION, aliases, problems);
            if (target != null) {
                checkOne(text, target);
                packets.add(
                        new Assertions.Packet(
                                text.at(),
                                source.text(),
                                from,
                                protocols,
                                text.text(),
                                target,
                                key.equals("accept")));
            }
        }
    }

    private void checkOne(HuJson.Text text, Target target) {
        if (target.ports().size() != 1
                || target.ports().get(0).first() != target.ports().get(0).last()) {
            problems.add(text.at(), "a test asks for one port");
        }
        checkHost(text, target.alias());
    }

    private void checkHost(HuJson.Text text, Alias alias) {
        if (alias instanceof Alias.Network(var prefix)
                && (!prefix.isSingle() || text.text().indexOf('/') >= 0)) {
            problems.add(text.at(), "a test asks for one host, not for a network");
        }
    }

    /// Reads `{src, dst, accept, deny, check}`.
    void sshTest(HuJson value) {
        Fields test = Fields.of(value, problems, "src", "dst", "accept", "deny", "check");
        HuJson.Text source = source(test);
        List<Alias> to = new ArrayList<>();
        for (HuJson.Text text : test.texts("dst")) {
            Alias alias = sshDestination(text);
            if (alias != null) {
                checkHost(text, alias);
                to.add(alias);
            }
        }
        if (test.items("dst").isEmpty()) {
            problems.add(test.at(), "a test needs \"dst\"");
        }
        if (Stream.of(Assertions.Outcome.values()).allMatch(o -> test.items(o.key).isEmpty())) {
            problems.add(test.at(), "a test needs \"accept\", \"deny\" or \"check\"");
        }
        Alias from =
                source == null
                        ? null
                        : aliases.read(source.at(), source.text(), AliasReader.Use.SOURCE);
        if (source != null && from != null) {
            for (Assertions.Outcome outcome : Assertions.Outcome.values()) {
                logins(test, source, from, List.copyOf(to), outcome);
            }
        }
    }

    private @Nullable Alias sshDestination(HuJson.Text text) {
        return text.text().equals("autogroup:self")
                ? new Alias.Self()
                : aliases.read(text.at(), text.text(), AliasReader.Use.TEST_DESTINATION);
    }

    private void logins(
            Fields test,
            HuJson.Text source,
            Alias from,
            List<Alias> to,
            Assertions.Outcome outcome) {
        for (HuJson.Text login : test.texts(outcome.key)) {
            logins.add(
                    new Assertions.Login(
                            login.at(), source.text(), from, to, login.text(), outcome));
        }
    }
}
