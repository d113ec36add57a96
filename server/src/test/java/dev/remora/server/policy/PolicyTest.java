package dev.remora.server.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {
    @Test
    void namesAllThatIsWrongAtOnceAndWhere() {
        String policy =
                """
                {
                  "groups": {"group:a": ["alice", "group:b"], "b": []},
                  "hosts": {"db": "10.0.0.300", "a/b": "10.0.0.1"},
                  "tagOwners": {"tag:1": [], "tag:web": ["host"]},
                  "postures": {}, "foo": 1,
                  "acls": [
                    {"action": "deny", "src": ["group:c"], "dst": ["tag:db:22", "bob@"]},
                    {"src": "alice@", "dst": ["bob@:0", "*:9-8"], "srcPosture": []},
                  ],
                  "grants": [{"src": ["*"], "dst": ["0.0.0.0/0"], "via": ["alice@"]}],
                  "nodeAttrs": [{"target": ["autogroup:self"], "attr": ["funnel"], "ipPool": []}],
                }
                """;
        assertThat(problems(policy))
                .extracting(Problem::toString)
                .containsExactly(
                        "line 2, column 26: a user is written name@ or name@domain, not \"alice\"",
                        "line 2, column 35: a group has users, no other groups",
                        "line 2, column 47: a group is written group:name, not \"b\"",
                        "line 3, column 19: \"10.0.0.300\" is neither an address nor a network",
                        "line 3, column 33: \"a/b\" cannot be a host's name",
                        "line 4, column 17: a tag is written tag:name and its name begins with a letter, not \"tag:1\"",
                        "line 4, column 42: \"host\" is neither a user nor a group nor a tag",
                        "line 5, column 3: \"postures\" is not implemented",
                        "line 5, column 19: unknown key \"foo\"; there are groups, hosts, tagOwners, acls, grants, autoApprovers, ssh, nodeAttrs, tests, sshTests, randomizeClientPort",
                        "line 7, column 16: the only action is \"accept\", not \"deny\"",
                        "line 7, column 32: \"group:c\" is not among the groups",
                        "line 7, column 52: \"tag:db\" is not among the tagOwners",
                        "line 7, column 65: \"bob@\" has no port; all ports are :*",
                        "line 8, column 13: expected a list, found a text",
                        "line 8, column 31: there is no port 0; any port is *",
                        "line 8, column 41: the ports 9-8 end before they begin",
                        "line 8, column 51: \"srcPosture\" is not implemented",
                        "line 10, column 14: a grant needs \"ip\" or \"app\"",
                        "line 10, column 37: to allow all addresses, write * or autogroup:internet",
                        "line 10, column 59: \"via\" takes tags only",
                        "line 11, column 29: \"autogroup:self\" cannot be a target of nodeAttrs",
                        "line 11, column 57: the attribute \"funnel\" is not implemented",
                        "line 11, column 68: \"ipPool\" is not implemented");
    }

    @Test
    void hasABoundForProblems() {
        String policy = "{\"acls\": [" + "{\"x\": 1},".repeat(5000) + "]}";
        assertThat(problems(policy)).hasSize(100);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "autogroup:danger-all:22 | \"autogroup:danger-all\" cannot be a destination",
                "autogroup:nonroot:22 | \"autogroup:nonroot\" cannot be a destination",
                "autogroup:owner:22 | there is no \"autogroup:owner\" here; there are autogroup:member, tagged, self, internet and danger-all",
                "tag:web | \"tag:web\" has no port; all ports are :*",
                "[10.0.0.1]:22 | brackets are for an IPv6 address, not for \"[10.0.0.1]\"",
                "nohost:22 | \"nohost\" is not among the hosts, and no address; a user has an @",
                "*:70000 | \"70000\" is no port from 1 to 65535, nor a range such as 80-90",
                "*:+1 | \"+1\" is no port from 1 to 65535, nor a range such as 80-90",
                "*:0-0 | there is no port 0; any port is *",
                "*:1-2-3 | \"2-3\" is no port from 1 to 65535, nor a range such as 80-90",
                "10.0.0.0/33:1 | \"10.0.0.0/33\" is not among the hosts, and no address; a user has an @",
            })
    void refusesDestinations(String destination, String problem) {
        String policy = "{\"acls\":[{\"src\":[\"*\"],\"dst\":[\"" + destination + "\"]}]}";
        assertThat(problems(policy)).containsExactly(new Problem(1, 30, problem));
    }

    @ParameterizedTest
    @CsvSource({"tcp, 6", "UDP, 17", "ipv6-icmp, 58", "0, 0", "255, 255", "fc, 133"})
    void knowsProtocolsByNameAndNumber(String text, long number) throws PolicyException {
        String policy =
                "{\"acls\":[{\"proto\":\"" + text + "\",\"src\":[\"*\"],\"dst\":[\"*:*\"]}]}";
        Rule rule = Policy.parse(policy).content().rules().getFirst();
        assertThat(((Rule.Packets) rule.opens()).protocols()).containsExactly(number);
    }

    @ParameterizedTest
    @CsvSource({"0-65535, *", "0-10, 0-10", "' 22, 80-90', '22,80-90'"})
    void takesRangesThatBeginWithZeroAndBlanks(String text, String same) throws PolicyException {
        String policy = "{\"acls\": [{\"src\": [\"*\"], \"dst\": [\"*:%s\"]}]}";
        assertThat(Policy.parse(policy.formatted(text)).content().rules())
                .isEqualTo(Policy.parse(policy.formatted(same)).content().rules());
    }

    @ParameterizedTest
    @CsvSource({"*", "256", "06", "-1", "foo"})
    void knowsNoOtherProtocols(String text) {
        String policy =
                "{\"acls\":[{\"proto\":\"" + text + "\",\"src\":[\"*\"],\"dst\":[\"*:*\"]}]}";
        assertThat(problems(policy)).hasSize(1).allMatch(p -> p.line() == 1 && p.column() == 19);
    }

    @Test
    void takesNamesOfKeysInAnyCaseButOnce() throws PolicyException {
        assertThat(Policy.parse("{\"ACLs\": [{\"Src\": [], \"DST\": []}]}").content().rules())
                .isEmpty();
        assertThat(problems("{\"acls\": [], \"ACLs\": []}"))
                .containsExactly(new Problem(1, 14, "\"acls\" stands here twice"));
    }

    @Test
    void takesKeysWithAHashInAclsForComments() throws PolicyException {
        assertThat(Policy.parse("{\"acls\": [{\"#why\": 1, \"src\": [], \"dst\": []}]}").remarks())
                .isEmpty();
        assertThatThrownBy(() -> Policy.parse("{\"grants\": [{\"#why\": 1, \"ip\": [\"*\"]}]}"))
                .hasMessage(
                        "line 1, column 14: unknown key \"#why\"; there are src, dst, ip, app, via");
    }

    @Test
    void saysThatSshIsNotActedOnAndChecksItAllTheSame() throws PolicyException {
        String rule =
                "{\"action\": \"accept\", \"src\": [\"alice@\"], \"dst\": [\"autogroup:self\"], \"users\": [%s]}";
        Policy policy =
                Policy.parse("{\"acls\": [],\n\"ssh\": [" + rule.formatted("\"root\"") + "]}");
        assertThat(policy.remarks())
                .containsExactly(
                        new Problem(
                                2,
                                8,
                                "\"ssh\" is checked but not acted on: nodes are told of no SSH rule, so Tailscale SSH refuses everybody"));
        assertThat(problems("{\"ssh\": [" + rule.formatted("\"*\"") + "]}"))
                .extracting(Problem::text)
                .containsExactly("\"*\" is no login name");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "accept | 12h | \"checkPeriod\" goes with the action \"check\" only",
                "check | 169h | \"checkPeriod\" is \"always\" or a time up to 168h, as 12h or 1h30m",
                "check | 12 | \"checkPeriod\" is \"always\" or a time up to 168h, as 12h or 1h30m",
            })
    void checksThePeriodOfSsh(String action, String period, String problem) {
        String policy =
                "{\"ssh\": [{\"action\": \"%s\", \"checkPeriod\": \"%s\", \"src\": [\"a@\"], \"dst\": [\"a@\"], \"users\": [\"a\"]}]}";
        assertThat(problems(policy.formatted(action, period)))
                .extracting(Problem::text)
                .containsExactly(problem);
    }

    @Test
    void takesPeriodsOfSsh() throws PolicyException {
        for (String period : List.of("always", "168h", "1h30m", "90m", "1.5h")) {
            String policy =
                    "{\"ssh\": [{\"action\": \"check\", \"checkPeriod\": \"%s\", \"src\": [\"a@\"], \"dst\": [\"a@\"], \"users\": [\"a\"]}]}";
            assertThat(Policy.parse(policy.formatted(period)).content().ssh()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "https://tailscale.com/cap/drive | a capability is written domain/path, not \"https://tailscale.com/cap/drive\"",
                "tailscale.com/drive | \"tailscale.com/drive\" is not a capability that a policy can grant",
                "tailscale.com/cap/relay-target | \"tailscale.com/cap/relay-target\" is not a capability that a policy can grant",
            })
    void refusesCapabilities(String name, String problem) {
        String policy =
                "{\"grants\": [{\"src\": [\"*\"], \"dst\": [\"*\"], \"app\": {\""
                        + name
                        + "\": []}}]}";
        assertThat(problems(policy)).extracting(Problem::text).containsExactly(problem);
    }

    @Test
    void keepsItsText() throws PolicyException {
        String text = "// nothing\n{}";
        assertThat(Policy.parse(text).text()).isEqualTo(text);
        assertThat(Policy.allowAll().text()).isEmpty();
    }

    private static List<Problem> problems(String policy) {
        try {
            Policy.parse(policy);
            return fail("accepted: " + policy);
        } catch (PolicyException e) {
            return e.problems();
        }
    }
}
