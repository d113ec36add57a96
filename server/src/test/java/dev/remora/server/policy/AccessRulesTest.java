package dev.remora.server.policy;

import static dev.remora.server.policy.TestNodes.ALICE;
import static dev.remora.server.policy.TestNodes.BOB;
import static dev.remora.server.policy.TestNodes.node;
import static dev.remora.server.policy.TestNodes.of;
import static dev.remora.server.policy.TestNodes.prefix;
import static dev.remora.server.policy.TestNodes.router;
import static dev.remora.server.policy.TestNodes.rules;
import static dev.remora.server.policy.TestNodes.tagged;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPrefix;
import dev.remora.server.model.Node;
import dev.remora.server.model.User;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessRulesTest {
    private static final Node LAPTOP = node(1, of(ALICE));
    private static final Node PHONE = node(2, of(ALICE));
    private static final Node BOBS = node(3, of(BOB));
    private static final Node WEB = node(4, tagged("tag:web"));
    private static final List<Node> ALL = List.of(LAPTOP, PHONE, BOBS, WEB);
    private static final IpPrefix LAN = prefix("10.1.0.0/16");
    private static final IpPrefix INTERNET = prefix("0.0.0.0/0");

    private static Set<Long> seen(AccessRules rules, Node node) {
        return rules.view(node.id()).visible();
    }

    @Test
    void letEverybodyReachEverybodyWithoutRulesAndNobodyWithAnEmptyList() throws PolicyException {
        for (String none :
                List.of("", " // nothing\n", "{}", "{\"acls\": null, \"grants\": null}")) {
            assertThat(FilterText.ours(rules(none, ALL).view(1).filter()))
                    .containsExactly("[*] [] [* 0-65535]");
            assertThat(seen(rules(none, ALL), LAPTOP)).containsExactly(2L, 3L, 4L);
        }
        for (String empty :
                List.of("{\"acls\": []}", "{\"grants\": []}", "{\"acls\": [], \"grants\": []}")) {
            assertThat(rules(empty, ALL).view(1).filter()).isEmpty();
            assertThat(seen(rules(empty, ALL), LAPTOP)).isEmpty();
        }
    }

    @Test
    void showBothEndsButLetInAtOne() throws PolicyException {
        AccessRules rules =
                rules("{\"acls\": [{\"src\": [\"alice@\"], \"dst\": [\"bob@:22\"]}]}", ALL);
        assertThat(seen(rules, BOBS)).containsExactly(1L, 2L);
        assertThat(seen(rules, LAPTOP)).containsExactly(3L);
        assertThat(rules.view(1).filter()).isEmpty();
        assertThat(FilterText.ours(rules.view(3).filter()))
                .containsExactly(
                        "[100.64.0.1-100.64.0.2, fd7a:115c:a1e0::1-fd7a:115c:a1e0::2] [] [100.64.0.3 22-22, fd7a:115c:a1e0::3 22-22]");
    }

    @Test
    void followANodeThatIsTaggedAndUntagged() throws PolicyException {
        AccessRules rules =
                rules(
                        """
                        {"tagOwners": {"tag:web": ["alice@"]},
                         "acls": [{"src": ["alice@"], "dst": ["tag:web:443"]}]}
                        """,
                        ALL);
        assertThat(rules.put(PHONE.withOwner(tagged("tag:web"))))
                .containsExactlyInAnyOrder(1L, 2L, 4L);
        assertThat(seen(rules, LAPTOP)).containsExactly(2L, 4L);
        assertThat(rules.put(PHONE)).containsExactlyInAnyOrder(1L, 2L, 4L);
        assertThat(seen(rules, LAPTOP)).containsExactly(4L);
        assertThat(rules.remove(WEB.id())).containsExactlyInAnyOrder(1L, 2L);
        assertThat(rules.view(WEB.id()).filter()).isEmpty();
        assertThat(rules.remove(WEB.id())).isEmpty();
    }

    @Test
    void findUsersByMailBeforeName() throws PolicyException {
        User other = new User(7, "bob@example.com", "", "", "", BOB.created());
        AccessRules rules =
                AccessRules.of(
                        Policy.parse(
                                "{\"acls\": [{\"src\": [\"bob@example.com\"], \"dst\": [\"*:1\"]}]}"),
                        List.of(ALICE, BOB, other),
                        List.of(BOBS, node(9, of(other)), WEB));
        assertThat(seen(rules, WEB)).containsExactly(3L);
    }

    @Test
    void refuseANameThatCouldBeSeveralUsers() throws PolicyException {
        User twin = new User(7, "twin", "", BOB.email(), "", BOB.created());
        Policy policy =
                Policy.parse(
                        "{\"acls\": [{\"src\": [\"bob@example.com\"],\n \"dst\": [\"*:1\"]}]}");
        List<User> users = List.of(ALICE, BOB, twin);
        assertThat(refused(() -> AccessRules.of(policy, users, ALL)))
                .containsExactly("line 1, column 20: \"bob@example.com\" could be any of 2 users");
        AccessRules standing = AccessRules.inForce(policy, users, ALL);
        assertThat(seen(standing, WEB)).isEmpty();
        assertThat(standing.remarks())
                .extracting(Problem::text)
                .containsExactly("more than one user is \"bob@example.com\"");
    }

    @Test
    void remarkOnUsersThatAreNot() throws PolicyException {
        AccessRules rules =
                rules(
                        """
                        {"groups": {"group:x": ["carol@", "alice@"]},
                         "acls": [{"src": ["group:x"], "dst": ["bob@:22"]}]}
                        """,
                        ALL);
        assertThat(rules.remarks())
                .containsExactly(new Problem(1, 25, "there is no user \"carol\""));
        assertThat(seen(rules, BOBS)).containsExactly(1L, 2L);
    }

    @Test
    void leadToRoutesOnlyThoseWhoMayUseThem() throws PolicyException {
        Node router = router(node(5, tagged("tag:web")), "10.1.0.0/16");
        AccessRules rules =
                rules(
                        """
                        {"acls": [{"src": ["alice@"], "dst": ["10.1.2.0/24:80"]},
                                  {"src": ["10.1.0.0/16"], "dst": ["bob@:22"]}]}
                        """,
                        List.of(LAPTOP, BOBS, WEB, router));
        assertThat(seen(rules, router)).containsExactly(1L, 3L);
        assertThat(rules.view(1).mayUse(router, LAN)).isTrue();
        assertThat(rules.view(3).mayUse(router, LAN)).as("packets come from there").isTrue();
        assertThat(rules.view(4).mayUse(router, LAN)).isFalse();
        assertThat(FilterText.ours(rules.view(5).filter()))
                .containsExactly("[100.64.0.1, fd7a:115c:a1e0::1] [] [10.1.2.0/24 80-80]");
        assertThat(rules.put(router.withApprovedRoutes(Set.of())))
                .containsExactlyInAnyOrder(1L, 3L, 5L);
        assertThat(seen(rules, router)).isEmpty();
    }

    @Test
    void steerThroughTheRoutersOfAGrantWithVia() throws PolicyException {
        Node east = router(node(5, tagged("tag:east")), "10.1.0.0/16", "0.0.0.0/0", "::/0");
        Node west = router(node(6, tagged("tag:west")), "10.1.0.0/16", "0.0.0.0/0", "::/0");
        AccessRules rules =
                rules(
                        """
                        {"tagOwners": {"tag:east": [], "tag:west": []},
                         "grants": [
                           {"src": ["alice@"], "dst": ["10.1.0.0/16", "autogroup:internet"], "ip": ["*"], "via": ["tag:east"]},
                           {"src": ["bob@"], "dst": ["10.1.0.0/16"], "ip": ["*"], "via": ["tag:west"]},
                           {"src": ["bob@"], "dst": ["10.0.0.0/8"], "ip": ["tcp:22"]}]}
                        """,
                        List.of(LAPTOP, BOBS, east, west));
        View alice = rules.view(1);
        assertThat(alice.visible()).containsExactly(5L);
        assertThat(alice.mayUse(east, LAN)).isTrue();
        assertThat(alice.steers(east, LAN)).isTrue();
        assertThat(alice.steers(east, INTERNET)).isTrue();
        assertThat(alice.mayUse(west, LAN)).isFalse();
        View bob = rules.view(3);
        assertThat(bob.visible()).containsExactly(5L, 6L);
        assertThat(bob.mayUse(east, LAN)).as("by the rule without via").isTrue();
        assertThat(bob.steers(west, LAN)).as("the primary router serves, too").isFalse();
        assertThat(bob.mayUse(west, INTERNET)).isFalse();
        assertThat(rules.view(6).filter().toString()).doesNotContain("100.64.0.1");
    }

    @Test
    void openTheInternetAtExitNodesAlone() throws PolicyException {
        Node exit = router(node(5, of(BOB)), "0.0.0.0/0", "::/0");
        AccessRules rules =
                rules(
                        "{\"acls\": [{\"src\": [\"alice@\"], \"dst\": [\"8.8.8.8:53\"]}, {\"src\": [\"bob@\"], \"dst\": [\"192.168.0.0/24:*\"]}]}",
                        List.of(LAPTOP, BOBS, WEB, exit));
        assertThat(rules.view(1).mayUse(exit, INTERNET)).isTrue();
        assertThat(seen(rules, BOBS)).isEmpty();
        assertThat(FilterText.ours(rules.view(5).filter()))
                .containsExactly("[100.64.0.1, fd7a:115c:a1e0::1] [] [8.8.8.8 53-53]");
        assertThat(rules.put(exit.withApprovedRoutes(Set.of()))).containsExactlyInAnyOrder(1L, 5L);
    }

    @Test
    void knowWhoOwnsATag() throws PolicyException {
        AccessRules rules =
                rules(
                        """
                        {"groups": {"group:a": ["alice@"]},
                         "tagOwners": {"tag:web": ["tag:ci"], "tag:ci": ["group:a"], "tag:x": ["tag:y"], "tag:y": ["tag:x"]}}
                        """,
                        ALL);
        assertThat(rules.mayTag(ALICE, "tag:ci")).isTrue();
        assertThat(rules.mayTag(ALICE, "tag:web")).as("as owner of its owner").isTrue();
        assertThat(rules.mayTag(BOB, "tag:web")).isFalse();
        assertThat(rules.mayTag(ALICE, "tag:x")).as("a circle").isFalse();
        assertThat(rules.mayTag(node(8, tagged("tag:ci")), "tag:web")).isTrue();
        assertThat(rules.mayTag(WEB, "tag:ci")).isFalse();
        assertThat(rules.knowsTag("tag:x")).isTrue();
        assertThat(rules.knowsTag("tag:z")).isFalse();
        assertThat(rules.mayTag(ALICE, "tag:z")).isFalse();
    }

    @Test
    void approveRoutesWithinWhatIsGranted() throws PolicyException {
        AccessRules rules =
                rules(
                        """
                        {"tagOwners": {"tag:web": []},
                         "autoApprovers": {"routes": {"10.1.0.0/16": ["tag:web"], "0.0.0.0/0": ["alice@"]},
                                           "exitNode": ["bob@"]}}
                        """,
                        ALL);
        assertThat(rules.autoApproves(WEB, LAN)).isTrue();
        assertThat(rules.autoApproves(WEB, prefix("10.1.2.0/24"))).isTrue();
        assertThat(rules.autoApproves(WEB, prefix("10.0.0.0/8"))).isFalse();
        assertThat(rules.autoApproves(LAPTOP, prefix("192.168.0.0/24"))).isTrue();
        assertThat(rules.autoApproves(LAPTOP, INTERNET))
                .as("exit nodes have a list of their own")
                .isFalse();
        assertThat(rules.autoApproves(BOBS, INTERNET)).isTrue();
        assertThat(rules.autoApproves(BOBS, LAN)).isFalse();
    }

    @Test
    void giveAttributes() throws PolicyException {
        AccessRules rules =
                rules(
                        """
                        {"randomizeClientPort": true,
                         "nodeAttrs": [{"target": ["alice@", "100.64.0.4"], "attr": ["drive:share", "one"]}]}
                        """,
                        ALL);
        assertThat(rules.view(4).attributes())
                .containsOnlyKeys("drive:share", "one", "randomize-client-port")
                .containsEntry("one", null);
        assertThat(rules.view(3).attributes()).containsOnlyKeys("randomize-client-port");
    }

    @Test
    void comeIntoForceOnlyIfTheirTestsHold() {
        String policy =
                """
                {"tagOwners": {"tag:web": [], "tag:none": []},
                 "acls": [{"src": ["alice@"], "proto": "tcp", "dst": ["tag:web:80-90"]},
                          {"src": ["alice@", "bob@"], "dst": ["autogroup:self:*"]}],
                 "tests": [
                   {"src": "alice@", "accept": ["tag:web:85"], "deny": ["tag:web:91", "bob@:22"]},
                   {"src": "alice@", "proto": "udp", "accept": ["tag:web:85"]},
                   {"src": "100.64.0.1", "accept": ["100.64.0.2:22", "100.64.0.4:80"], "deny": ["100.64.0.3:22"]},
                   {"src": "bob@", "deny": ["tag:web:80"], "accept": ["bob@:1"]},
                   {"src": "tag:none", "deny": ["tag:web:80"]},
                   {"src": "autogroup:member", "accept": ["tag:web:80"]}]}
                """;
        assertThat(refused(() -> rules(policy, ALL)))
                .containsExactly(
                        "line 6, column 49: test failed: alice@ to tag:web:85 does not get through",
                        "line 9, column 33: test failed: tag:none to tag:web:80: nobody is tag:none",
                        "line 10, column 43: test failed: autogroup:member to tag:web:80 does not get through");
    }

    /// As headscale 0.29.0 decides them. What is `*` as a source are the tailnet's addresses, each part of which is tried.
    @ParameterizedTest
    @CsvSource({
        "*, 1.2.3.4, false",
        "*, ::1, false",
        "*, 192.168.1.5, false",
        "*, 100.115.92.5, false",
        "*, 100.64.0.9, true",
        "*, 100.100.100.100, true",
        "*, fd7a:115c:a1e0::77, true",
        "*, 0.0.0.0/0, true",
        "*, *, true",
        "alice@, *, false",
        "alice@, 100.64.0.0/24, true",
        "alice@, 0.0.0.0/0, true",
        "autogroup:member, *, false",
        "100.64.0.0/24, 100.64.0.0/16, true",
        "100.64.0.0/24, 100.65.0.0/24, false",
        "h, 100.64.0.0/24, true",
        "10.33.5.5, 10.33.5.5, true",
        "10.33.5.5, 100.64.0.1, false",
    })
    void tryTheSourcesOfTests(String rule, String source, boolean accepted) {
        String policy =
                """
                {"hosts": {"h": "100.64.0.1", "10.33.5.5": "100.64.0.1"},
                 "acls": [{"action": "accept", "src": ["%s"], "dst": ["*:*"]}],
                 "tests": [{"src": "%s", "accept": ["100.64.0.2:80"]}]}
                """
                        .formatted(rule, source);
        assertThat(refused(() -> rules(policy, ALL))).hasSize(accepted ? 0 : 1);
    }

    @Test
    void comeIntoForceOnlyIfTheirTestsOfSshHold() {
        String policy =
                """
                {"tagOwners": {"tag:web": []},
                 "ssh": [{"action": "accept", "src": ["alice@"], "dst": ["tag:web"], "users": ["ubuntu", "localpart:*@example.com"]},
                         {"action": "check", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["autogroup:nonroot"]}],
                 "sshTests": [
                   {"src": "alice@", "dst": ["tag:web"], "accept": ["ubuntu", "alice"], "deny": ["bob", "root"]},
                   {"src": "bob@", "dst": ["autogroup:self"], "check": ["any"], "accept": ["any"], "deny": ["root"]},
                   {"src": "bob@", "dst": ["tag:web"], "accept": ["ubuntu"]},
                   {"src": "alice@", "dst": ["tag:web"], "check": ["ubuntu"], "deny": ["ubuntu"]}]}
                """;
        assertThat(refused(() -> rules(policy, ALL)))
                .containsExactly(
                        "line 7, column 51: test failed: bob@ as \"ubuntu\" by SSH does not get in",
                        "line 8, column 52: test failed: alice@ as \"ubuntu\" by SSH is not asked",
                        "line 8, column 72: test failed: alice@ as \"ubuntu\" by SSH gets in, but must not");
    }

    private interface Attempt {
        AccessRules make() throws PolicyException;
    }

    private static List<String> refused(Attempt attempt) {
        try {
            attempt.make();
            return List.of();
        } catch (PolicyException e) {
            return e.problems().stream().map(Problem::toString).collect(Collectors.toList());
        }
    }
}
