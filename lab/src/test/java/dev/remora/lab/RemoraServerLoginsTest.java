package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.apps.Curl;
import dev.remora.lab.net.Host;
import dev.remora.lab.peers.AuthKeyRequest;
import dev.remora.lab.peers.PageLogin;
import dev.remora.lab.peers.RemoraControl;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Who is let in and as whom, by real nodes under our control server, which is at another port than 443. `alpha` and `beta` are
/// alice's, `gamma` is bob's, and each test leaves them as they were.
@Tag("host")
@ExtendWith(LabExtension.class)
class RemoraServerLoginsTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final int PORT = 8443;
    private static final int METRICS = 9911;
    private static final String OPEN = "8000";
    private static final String SHUT = "8001";
    private static final String NOT_YOURS = "requested tags [tag:web] are invalid or not permitted";
    private static final String WRONG = "hskey-auth-" + "0".repeat(12) + "-" + "4".repeat(64);
    private static final Pattern STRANGER =
            Pattern.compile("hangups_total\\{reason=\"not_admitted\"} [1-9]");

    private static final String TAGS =
            """
            {"tagOwners": {"tag:web": ["alice@"], "tag:db": ["alice@"]},
             "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}
            """;

    private static final String AUTOGROUPS =
            """
            {"tagOwners": {"tag:web": ["alice@"]},
             "acls": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self:8000"]},
                      {"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:tagged:8001"]}]}
            """;

    private static RemoraControl control;
    private static Tailscaled alpha;
    private static Tailscaled beta;
    private static Tailscaled gamma;

    @BeforeAll
    static void start(Lab lab) {
        control =
                RemoraControl.startAt(
                        PORT, lab.host("ctl"), lab.authority(), "--metrics=" + METRICS);
        control.policy(TAGS);
        alpha = lab.tailscaled(lab.host("alpha"), Tailscaled.Mode.TUN);
        beta = lab.tailscaled(lab.host("beta"), Tailscaled.Mode.USERSPACE);
        gamma = lab.tailscaled(lab.host("gamma"), Tailscaled.Mode.USERSPACE);
        alpha.up(control, AuthKeyRequest.forUser("alice"));
        beta.up(control, AuthKeyRequest.forUser("alice"));
        gamma.up(control, AuthKeyRequest.forUser("bob"));
        for (Host host : List.of(beta.host(), gamma.host())) {
            for (String port : List.of(OPEN, SHUT)) {
                host.start(
                        "web" + port,
                        Map.of(),
                        List.of(
                                "/usr/bin/python3",
                                "-m",
                                "http.server",
                                "--bind",
                                "127.0.0.1",
                                port));
            }
        }
    }

    private static boolean reaches(Tailscaled node, String port) {
        String url = "http://" + node.ip4() + ":" + port + "/";
        return new Curl(alpha.host()).get(url, AT_ONCE).status() == 200;
    }

    private static List<String> tags(Tailscaled node) {
        return node.status().at("Self").at("Tags").each().map(Json::text).toList();
    }

    private static String owner(String node) {
        return control.node(node).orElseThrow().at("user").at("name").text();
    }

    private static void remove(Tailscaled node) {
        node.stop();
        control.delete(node.host().name());
    }

    @Test
    void withoutUdpTheRelayAtThatPortCarriesThePacketsOfMembersOnly() {
        beta.host().blockUdp();
        try {
            Await.until(
                    "a pong through the relay",
                    SOON,
                    () ->
                            alpha.cli("ping", "--c=1", "--timeout=2s", "beta")
                                    .output()
                                    .contains("via DERP(own)"));
        } finally {
            beta.host().allowUdp();
        }
        String before = relay();
        alpha.cli("debug", "derp", "own"); // by keys of its own making
        Await.until("strangers to be refused", SOON, () -> STRANGER.matcher(relay()).find());
        assertThat(before).doesNotContainPattern(STRANGER);
    }

    @Test
    void behindAProxyThatEndsTlsNodesJoinMeetByTheRelayAndAreKnownByTheirOwnAddresses(Lab lab) {
        RemoraControl behind =
                RemoraControl.startBehindProxy(8080, lab.host("front"), lab.authority());
        Tailscaled one = lab.tailscaled(lab.host("one"), Tailscaled.Mode.USERSPACE);
        Tailscaled old =
                Tailscaled.of(
                        Tailscaled.Release.OLDEST,
                        lab.host("old"),
                        lab.authority(),
                        Tailscaled.Mode.USERSPACE);
        old.start();
        assertThat(up(behind, one, WRONG).ok()).isFalse();
        assertThat(behind.process().log())
                .contains(one.host().ip4() + " was refused its registration");
        one.up(behind, AuthKeyRequest.forUser("alice"));
        PageLogin.begin(old, behind).approveAs("alice");
        one.host().blockUdp();
        Await.until(
                "a pong through the relay behind the proxy",
                SOON,
                () ->
                        one.cli("ping", "--c=1", "--timeout=2s", "old")
                                .output()
                                .contains("via DERP(own)"));
        one.stop();
        old.stop();
        behind.stop();
    }

    private static String relay() {
        return control.host()
                .run("curl", "-sf", "http://127.0.0.1:" + METRICS + "/metrics")
                .stdout();
    }

    @Test
    void tagsAreGivenByTheirOwnersAndCountUntilTheNextLogin(Lab lab) {
        Tailscaled delta = lab.tailscaled(lab.host("delta"), Tailscaled.Mode.USERSPACE);
        PageLogin login = PageLogin.begin(delta, control, "--advertise-tags=tag:web");
        assertThat(approve(login, "bob")).contains(NOT_YOURS);
        assertThat(login.command().awaitExit(SOON)).as("it is told, too").isPositive();
        PageLogin.begin(delta, control, "--advertise-tags=tag:web").approveAs("alice");
        assertThat(tags(delta)).containsExactly("tag:web");
        assertThat(owner("delta")).isEqualTo("tagged-devices");
        assertThat(delta.status().at("Self").at("KeyExpiry").present()).isFalse();

        PageLogin.begin(delta, control, "--force-reauth", "--advertise-tags=").approveAs("alice");
        assertThat(tags(delta)).isEmpty();
        assertThat(owner("delta")).isEqualTo("alice");

        delta.up(control, AuthKeyRequest.forUser("alice").tagged("tag:db"), "--force-reauth");
        assertThat(tags(delta)).containsExactly("tag:db");
        delta.up(control, AuthKeyRequest.forUser("bob"), "--force-reauth");
        assertThat(tags(delta)).isEmpty();
        assertThat(owner("delta")).isEqualTo("bob");
        remove(delta);
    }

    @Test
    void whatAKeyDoesNotGiveIsNotToBeAskedFor(Lab lab) {
        Tailscaled delta = lab.tailscaled(lab.host("delta2"), Tailscaled.Mode.USERSPACE);
        String key = control.authKey(AuthKeyRequest.forUser("alice"));
        Result refused = up(delta, key, "--advertise-tags=tag:web");
        assertThat(refused.ok()).isFalse();
        assertThat(refused.output()).contains(NOT_YOURS);
        assertThat(control.node("delta2")).isEmpty();
        delta.stop();
    }

    private static Result up(Tailscaled node, String key, String... flags) {
        return up(control, node, key, flags);
    }

    private static Result up(RemoraControl server, Tailscaled node, String key, String... flags) {
        List<String> words = new ArrayList<>();
        words.addAll(List.of("up", "--login-server=" + server.url(), "--auth-key=" + key));
        words.addAll(List.of("--hostname=" + node.host().name(), "--timeout=20s"));
        words.addAll(List.of(flags));
        return node.cli(words.toArray(String[]::new));
    }

    @Test
    void autogroupsAreOnesOwnDevicesAndAllThatHaveTags() {
        control.policy(AUTOGROUPS);
        Await.until("gamma to be hidden", SOON, () -> alpha.peer("gamma").isEmpty());
        Await.until("one's own to answer", SOON, () -> reaches(beta, OPEN));
        assertThat(reaches(beta, SHUT)).isFalse();
        assertThat(gamma.status().at("Peer").each()).isEmpty();

        control.change("tag", "gamma", "--tags=tag:web");
        Await.until("gamma to be seen", SOON, () -> alpha.peer("gamma").isPresent());
        Await.until("what has tags to answer", SOON, () -> reaches(gamma, SHUT));
        assertThat(reaches(gamma, OPEN)).isFalse();

        control.policy(TAGS);
        gamma.up(control, AuthKeyRequest.forUser("bob"), "--force-reauth");
        assertThat(owner("gamma")).isEqualTo("bob");
    }

    /// Its pages are approved too late: while the daemon is away, and when it has long been in by another.
    @Test
    void aLoginThatARestartOfTheDaemonInterruptsMakesOneNodeThatStays(Lab lab) {
        Tailscaled slow = lab.tailscaled(lab.host("slow"), Tailscaled.Mode.USERSPACE);
        PageLogin first = PageLogin.begin(slow, control);
        slow.restart();
        PageLogin second = PageLogin.begin(slow, control);
        slow.stop();
        control.approve(second.id(), "alice");
        slow.start();
        PageLogin third = PageLogin.begin(slow, control);
        third.approveAs("alice");

        assertThat(Set.of(first.id(), second.id(), third.id())).hasSize(3);
        assertThat(approve(first, "alice")).contains("no login waits under this id");
        assertThat(names()).containsOnlyOnce("slow").doesNotContain("slow-1");
        assertThat(control.node("slow").orElseThrow().at("node_key").text())
                .isEqualTo(slow.status().at("Self").at("PublicKey").text());
        remove(slow);
    }

    private static List<String> names() {
        return control.nodes().stream().map(node -> node.at("given_name").text()).toList();
    }

    private static String approve(PageLogin login, String user) {
        return control.cli("auth", "register", "--auth-id", login.id(), "--user", user).output();
    }

    @Test
    void whoLoggedOutIsToldOfNobodyAndWhoGuessesKeysHasToWait(Lab lab) {
        Tailscaled gone = lab.tailscaled(lab.host("gone"), Tailscaled.Mode.USERSPACE);
        gone.up(control, AuthKeyRequest.forUser("alice"));
        Await.until("it to see others", SOON, () -> gone.peer("beta").isPresent());
        gone.cli("ping", "--c=1", "--timeout=2s", "beta");
        gone.cli("logout").orThrow();
        assertThat(gone.status().at("Peer").each()).isEmpty();

        Await.until(
                "to be sent away", SOON, () -> up(gone, WRONG).output().contains("rate limited"));
        remove(gone);
    }
}
