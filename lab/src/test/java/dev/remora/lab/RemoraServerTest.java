package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.apps.Curl;
import dev.remora.lab.apps.FlaskApp;
import dev.remora.lab.net.Host;
import dev.remora.lab.peers.AuthKeyRequest;
import dev.remora.lab.peers.PageLogin;
import dev.remora.lab.peers.Programs;
import dev.remora.lab.peers.RemoraControl;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.peers.TailnetDaemon;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Our control server as real nodes and ours see it: one tailnet, on which each test leaves things as they were.
@Tag("host")
@ExtendWith(LabExtension.class)
class RemoraServerTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern RELAYED = Pattern.compile("via DERP\\(own\\)");
    private static final Pattern DIRECT = Pattern.compile("via (10\\.77\\.|\\[fd77:)");

    private static RemoraControl control;
    private static Tailscaled alpha;
    private static Tailscaled beta;
    private static RemoraDaemon app;

    @BeforeAll
    static void start(Lab lab) {
        control = RemoraControl.start(lab.host("ctl"), lab.authority(), "--device-approval=on");
        alpha = lab.tailscaled(lab.host("alpha"), Tailscaled.Mode.TUN);
        beta = lab.tailscaled(lab.host("beta"), Tailscaled.Mode.USERSPACE);
        app = lab.remora(lab.host("app"));
        alpha.up(control);
        app.up(control, AuthKeyRequest.forUser("bob"));
        logIn(beta, "alice");
        FlaskApp.start(app.host()); // ended with the lab
        app.cli("serve", "--bg", "--tcp=80", "tcp://localhost:" + FlaskApp.PORT).orThrow();
    }

    /// Joins by the page that is shown, which somebody approves.
    private static void logIn(TailnetDaemon node, String user, String... flags) {
        PageLogin login = PageLogin.begin(node, control, flags);
        assertThat(new Curl(control.host()).get(login.url(), SOON, "--insecure").body())
                .contains("auth register --auth-id " + login.id(), node.host().name());
        login.approveAs(user);
    }

    @Test
    void nodesOfAllKindsSeeEachOtherByAddressAndName() {
        Curl curl = new Curl(alpha.host());
        for (String name : List.of(app.ip4(), "[" + app.ip6() + "]", app.dnsName(), "app")) {
            assertThat(curl.awaitOk("http://" + name + "/", SOON).body()).isEqualTo(FlaskApp.HELLO);
        }
        awaitPong(DIRECT, alpha, "beta");
        awaitPong(DIRECT, beta, "alpha");
        assertThat(alpha.host().run("ping", "-c3", "-i0.2", "-W5", beta.ip4()).stdout())
                .contains(" 0% packet loss");
    }

    private static void awaitPong(Pattern way, TailnetDaemon from, String to) {
        Await.until(
                "a pong " + way + " from " + from + " to " + to,
                SOON,
                () -> way.matcher(from.cli("ping", "--c=5", "--timeout=2s", to).output()).find());
    }

    @Test
    void statusAndWhoisTellWhoIsWho() {
        Json self = alpha.status().at("Self");
        assertThat(self.at("DNSName").text()).isEqualTo(alpha.dnsName() + ".");
        assertThat(self.at("Online").bool()).isTrue();
        assertThat(alpha.status().at("MagicDNSSuffix").text()).isEqualTo("lab.test");
        assertThat(alpha.cli("status").orThrow().stdout())
                .containsPattern("app +bob +linux")
                .containsPattern("beta +alice +linux");
        String whois = alpha.cli("whois", app.ip4()).orThrow().stdout();
        assertThat(whois).containsPattern("Name: +app\\.lab\\.test").containsPattern("Name: +bob");
    }

    @Test
    void netcheckFindsOurStunAndRelay() {
        assertThat(alpha.cli("netcheck").output())
                .contains("UDP: true", "IPv4: yes, " + alpha.host().ip4())
                .containsPattern("Nearest DERP: .*\n")
                .containsPattern("own: [0-9.]+");
    }

    @Test
    void withoutUdpOurRelayCarriesThePackets() {
        Host host = beta.host();
        host.blockUdp();
        try {
            awaitPong(RELAYED, alpha, "beta");
            assertThat(alpha.host().run("ping", "-c3", "-i0.2", "-W5", beta.ip4()).stdout())
                    .contains(" 0% packet loss");
        } finally {
            host.allowUdp();
        }
        awaitPong(DIRECT, alpha, "beta");
    }

    @Test
    void whatARealNodeServesIsReachedByItsName() {
        try (FlaskApp flask = FlaskApp.start(beta.host())) {
            assertThat(flask.process().isAlive()).isTrue();
            beta.cli("serve", "--bg", "--http=80", "http://localhost:" + FlaskApp.PORT).orThrow();
            Curl curl = new Curl(alpha.host());
            assertThat(curl.awaitOk("http://beta.lab.test/", SOON).body())
                    .isEqualTo(FlaskApp.HELLO);
            assertThat(beta.cli("serve", "status").orThrow().stdout()).contains("beta.lab.test");
            beta.cli("serve", "reset").orThrow();
        }
    }

    @Test
    void aPolicyTakesEffectWithinSecondsAndAWrongOneChangesNothing() {
        control.policy("{\"acls\": []}");
        Await.until("app to be hidden", SOON, () -> alpha.peer("app").isEmpty());
        control.policy(
                "{\"acls\": [{\"action\":\"accept\",\"src\":[\"alice@\"],\"dst\":[\"bob@:80\"]}]}");
        Await.until("app to be seen", SOON, () -> alpha.peer("app").isPresent());
        assertThat(alpha.peer("beta")).isEmpty();
        assertThat(new Curl(alpha.host()).awaitOk("http://" + app.ip4() + "/", SOON).body())
                .isEqualTo(FlaskApp.HELLO);
        Path wrong =
                control.write("{\"acls\": [{\"action\":\"accept\",\"src\":[\"nobody-there:\"]}]}");
        assertThat(control.cli("policy", "set", "--file=" + wrong).ok()).isFalse();
        assertThat(alpha.peer("app")).isPresent();
        control.policy("{}");
        Await.until("beta to be seen", SOON, () -> alpha.peer("beta").isPresent());
    }

    @Test
    void aRestartOfTheServerDisturbsNobody() {
        awaitPong(DIRECT, alpha, "beta");
        awaitPong(DIRECT, beta, "alpha");
        List<String> keys = nodeKeys();
        for (Runnable end : List.<Runnable>of(control::stop, control::kill)) {
            awayAndBack(end);
        }
        assertThat(nodeKeys()).as("nobody registers anew").isEqualTo(keys);
    }

    private static void awayAndBack(Runnable end) {
        end.run();
        try {
            assertThat(alpha.host().run("ping", "-c3", "-i0.2", "-W5", beta.ip4()).stdout())
                    .contains(" 0% packet loss");
        } finally {
            control.start();
        }
        for (String name : List.of("alpha", "beta", "app")) {
            Await.until(name + " to be back", SOON, () -> isOnline(name));
        }
    }

    private static List<String> nodeKeys() {
        return control.nodes().stream().map(node -> node.at("node_key").text()).toList();
    }

    private static boolean isOnline(String name) {
        return control.node(name).orElseThrow().at("online").bool();
    }

    @Test
    void anExpiredNodeNeedsALoginAndKeepsItsAddressAfterIt() {
        String ip = beta.ip4();
        String before = beta.status().at("Self").at("PublicKey").text();
        control.expire("beta");
        Await.until(
                "beta to need a login",
                SOON,
                () -> beta.status().at("BackendState").text().equals("NeedsLogin"));
        Await.until(
                "alpha to see it",
                SOON,
                () -> alpha.peer("beta").orElseThrow().at("Expired").bool());
        logIn(beta, "alice", "--force-reauth");

        assertThat(beta.ip4()).isEqualTo(ip);
        assertThat(beta.status().at("Self").at("PublicKey").text()).isNotEqualTo(before);
        awaitPong(DIRECT, alpha, "beta");
    }

    @Test
    void nodesAnswerWhatAnOperatorAsks() {
        assertThat(asked("ping", "-i", "alpha")).startsWith("alpha answers after ");
        assertThat(asked("ping", "-i", "app")).startsWith("app answers after ");
        assertThat(asked("ping", "-i", "alpha", "--to", "beta")).contains("alpha reaches beta in ");
        assertThat(asked("ping", "-i", "app", "--to", "alpha")).contains("app reaches alpha in ");
        assertThat(asked("ping", "-i", "beta", "--to", "alpha", "--type", "TSMP"))
                .contains("beta reaches alpha in ");
        assertThat(asked("ask", "-i", "alpha", "/debug/health")).startsWith("{\"");
        assertThat(asked("ask", "-i", "beta", "/debug/prefs")).contains(control.url());
        assertThat(control.cli("nodes", "ask", "-i", "alpha", "/nowhere").output())
                .contains("the node answers 4");
        assertThat(control.cli("nodes", "ping", "-i", "nobody").ok()).isFalse();
    }

    private static String asked(String... words) {
        List<String> command = new ArrayList<>(List.of("nodes"));
        command.addAll(List.of(words));
        return control.cli(command.toArray(String[]::new)).orThrow().stdout();
    }

    @Test
    void aDeviceWaitsUntilAnOperatorApprovesIt(Lab lab) {
        String key =
                control.cli("preauthkeys", "create", "-u", "bob", "--pre-approved=false")
                        .orThrow()
                        .stdout()
                        .strip();
        Tailscaled late = lab.tailscaled(lab.host("late"), Tailscaled.Mode.USERSPACE);
        LabProcess up =
                late.host()
                        .start(
                                "up",
                                Map.of(),
                                List.of(
                                        Programs.peer("tailscale"),
                                        "--socket=" + late.socket(),
                                        "up",
                                        "--login-server=" + control.url(),
                                        "--auth-key=" + key,
                                        "--hostname=late"));
        Await.until(
                "it to wait for approval",
                SOON,
                () -> late.status().at("BackendState").text().equals("NeedsMachineAuth"));
        assertThat(control.node("late").orElseThrow().at("needs_approval").bool()).isTrue();

        assertThat(asked("approve", "-i", "late")).isEqualTo("Node late is changed.\n");
        assertThat(up.awaitExit(SOON)).isZero();
        late.awaitRunning();
        awaitPong(DIRECT, late, "alpha");
        assertThat(control.cli("audit").orThrow().stdout())
                .containsPattern("command by \\w+ +\\| node late is approved as a device");
        control.delete("late");
        Await.until("alpha to forget it", SOON, () -> alpha.peer("late").isEmpty());
        late.stop();
    }

    @Test
    void theOldestReleaseJoinsLogsOutAndIsDeleted(Lab lab) {
        Tailscaled old =
                Tailscaled.of(
                        Tailscaled.Release.OLDEST,
                        lab.host("old"),
                        lab.authority(),
                        Tailscaled.Mode.USERSPACE);
        old.start();
        logIn(old, "bob");
        awaitPong(DIRECT, old, "alpha");
        assertThat(alpha.peer("old").orElseThrow().at("Online").bool()).isTrue();
        old.host().blockUdp();
        awaitPong(RELAYED, old, "alpha");

        old.cli("logout").orThrow();
        Await.until(
                "alpha to see that it has gone",
                SOON,
                () -> alpha.peer("old").map(peer -> peer.at("Expired").bool()).orElse(false));
        assertThat(old.status().at("Peer").each()).isEmpty();
        control.delete("old");
        Await.until("alpha to forget it", SOON, () -> alpha.peer("old").isEmpty());
        old.stop();
    }
}
