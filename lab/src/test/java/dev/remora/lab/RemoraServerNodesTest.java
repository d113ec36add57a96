package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.apps.Curl;
import dev.remora.lab.net.Host;
import dev.remora.lab.net.NatBox;
import dev.remora.lab.peers.AuthKeyRequest;
import dev.remora.lab.peers.Python;
import dev.remora.lab.peers.RemoraControl;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.peers.TailnetDaemon;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabProcess;
import dev.remora.lab.run.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What becomes of real nodes under our control server: names, tags, grants, comings and goings. `alpha` and `beta` (of the
/// oldest release) are alice's, `gamma` is bob's, and each test leaves them as they were.
@Tag("host")
@ExtendWith(LabExtension.class)
class RemoraServerNodesTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final String OPEN = "8000";
    private static final String SHUT = "8001";
    private static final String RECORD =
            "[{\"name\": \"extra.lab.test\", \"type\": \"A\", \"value\": \"%s\"}]";

    private static Path records;
    private static RemoraControl control;
    private static Tailscaled alpha;
    private static Tailscaled beta;
    private static Tailscaled gamma;

    @BeforeAll
    static void start(Lab lab) throws Exception {
        Host names = lab.host("names");
        Host host = lab.host("ctl");
        records = host.folder("names").resolve("records.json");
        Files.writeString(records, RECORD.formatted("100.64.0.98"));
        control =
                RemoraControl.start(
                        host,
                        lab.authority(),
                        "--relay=" + host.ip4() + ":8443",
                        "--extra-records=" + records,
                        "--split-dns=corp.example=" + names.ip4());
        nameServer(names, "10.1.2.3");
        alpha = lab.tailscaled(lab.host("alpha"), Tailscaled.Mode.TUN);
        beta =
                Tailscaled.of(
                        Tailscaled.Release.OLDEST,
                        lab.host("beta"),
                        lab.authority(),
                        Tailscaled.Mode.USERSPACE);
        beta.start();
        gamma = lab.tailscaled(lab.host("gamma"), Tailscaled.Mode.USERSPACE);
        alpha.up(control, AuthKeyRequest.forUser("alice"));
        beta.up(control, AuthKeyRequest.forUser("alice"));
        gamma.up(control, AuthKeyRequest.forUser("bob"));
        for (String port : List.of(OPEN, SHUT)) {
            python(gamma.host(), "web" + port, "-m", "http.server", "--bind", "127.0.0.1", port);
        }
    }

    private static void nameServer(Host host, String answer) throws Exception {
        Python.start(host, "name_server.py", host.ip4(), answer);
    }

    /// Ended with the lab.
    private static LabProcess python(Host host, String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of("/usr/bin/python3"));
        command.addAll(List.of(arguments));
        return host.start(name, Map.of(), command);
    }

    private static void awaitSeen(String name) {
        Await.until(name + " to be seen", SOON, () -> alpha.peer(name).isPresent());
    }

    private static Json seen(String name) {
        return alpha.peer(name).orElseThrow();
    }

    private static boolean reaches(Tailscaled node, String port) {
        String url = "http://" + node.ip4() + ":" + port + "/";
        return new Curl(alpha.host()).get(url, AT_ONCE).status() == 200;
    }

    @Test
    void everybodySeesWhatTheServerLists() {
        awaitSeen("gamma");
        for (Json node : control.nodes()) {
            String name = node.at("given_name").text();
            Json shown = name.equals("alpha") ? alpha.status().at("Self") : seen(name);
            assertThat(shown.at("TailscaleIPs").each().map(Json::text))
                    .containsExactlyElementsOf(
                            node.at("ip_addresses").each().map(Json::text).toList());
            assertThat(shown.at("Online").bool()).isEqualTo(node.at("online").bool());
            assertThat(alpha.cli("status").orThrow().stdout())
                    .containsPattern(name + " +" + node.at("user").at("name").text() + " ");
        }
    }

    /// `alpha` knows the relay's certificate by its fingerprint, `beta` knows none and goes to the server's own address.
    @Test
    void withoutUdpNewAndOldReleasesMeetAtARelayThatHasAnAddressOfItsOwn() {
        beta.host().blockUdp();
        try {
            awaitRelayed(alpha, "beta");
            awaitRelayed(beta, "alpha");
            assertThat(beta.cli("netcheck").output())
                    .contains("UDP: false")
                    .containsPattern("own: [0-9]");
        } finally {
            beta.host().allowUdp();
        }
    }

    /// Nothing leaves the office but through its proxy.
    @Test
    void whoIsBehindAProxyJoinsAndIsReachedThroughTheRelay(Lab lab) throws Exception {
        NatBox office = lab.nat("office", NatBox.Mapping.ENDPOINT_INDEPENDENT);
        Host desk = office.host("desk");
        String gateway = desk.ip4().replaceAll("[0-9]+$", "1");
        office.asHost().run("sysctl", "-qw", "net.ipv4.ip_forward=0").orThrow();
        LabProcess proxy = Python.start(office.asHost(), "connect_proxy.py", gateway);
        Map<String, String> env =
                Map.of(
                        "SSL_CERT_FILE",
                        lab.authority().root().toString(),
                        "HTTPS_PROXY",
                        "http://" + gateway + ":3128");
        List<TailnetDaemon> inside =
                List.of(
                        Tailscaled.with(
                                env, Tailscaled.Release.CURRENT, desk, Tailscaled.Mode.USERSPACE),
                        RemoraDaemon.trusting(office.host("shelf"), env));
        for (TailnetDaemon node : inside) {
            node.start();
            node.up(control, AuthKeyRequest.forUser("alice"));
            awaitRelayed(alpha, node.host().name());
        }
        assertThat(proxy.log()).contains(control.host().ip4() + ":443");
        for (TailnetDaemon node : inside) {
            control.delete(node.host().name());
            node.stop();
        }
    }

    private static void awaitRelayed(Tailscaled from, String to) {
        Await.until(
                "a pong through the relay from " + from,
                SOON,
                () ->
                        from.cli("ping", "--c=1", "--timeout=2s", to)
                                .output()
                                .contains("via DERP(own)"));
    }

    @Test
    void aFileGoesFromOneDeviceOfAUserToAnother() throws IOException {
        Path letter = alpha.host().folder("out").resolve("letter.txt");
        Files.writeString(letter, "dear beta");
        Await.until(
                "beta to take files",
                SOON,
                () -> alpha.cli("file", "cp", "--targets").output().contains("beta"));
        alpha.cli("file", "cp", letter.toString(), "beta:").orThrow();
        Path in = beta.host().folder("in");
        beta.cli("file", "get", "--wait", in.toString()).orThrow();

        assertThat(in.resolve("letter.txt")).hasContent("dear beta");
        assertThat(alpha.cli("file", "cp", letter.toString(), "gamma:").output())
                .contains("owned by a different user");
    }

    @Test
    void recordsThatChangeAndDomainsOfOthersAreLookedUp() throws IOException {
        awaitAddress("extra.lab.test", "100.64.0.98");
        Files.writeString(records, RECORD.formatted("100.64.0.97"));
        awaitAddress("extra.lab.test", "100.64.0.97");
        awaitAddress("www.corp.example", "10.1.2.3");
        awaitAddress("beta.lab.test", beta.ip4());
        assertThat(alpha.cli("dns", "query", "nobody.lab.test").output()).contains("NameError");
    }

    private static void awaitAddress(String name, String address) {
        Await.until(
                name + " to be " + address,
                SOON,
                () -> alpha.cli("dns", "query", name).output().contains(address));
    }

    @Test
    void aGrantIsShownAndOpensWhatItSaysAndNothingElse() {
        control.cli("users", "create", "carol").orThrow();
        control.policy(
                """
                {"groups": {"group:all": ["alice@", "carol@"]},
                 "grants": [
                   {"src": ["carol@"], "dst": ["*"], "ip": ["*"]},
                   {"src": ["group:all"], "dst": ["bob@"], "ip": ["tcp:8000"],
                    "app": {"example.com/cap/x": [{"role": "guest"}]}}]}
                """);
        Await.until("beta to be hidden", SOON, () -> alpha.peer("beta").isEmpty());
        Await.until("the open port to answer", SOON, () -> reaches(gamma, OPEN));
        assertThat(reaches(gamma, SHUT)).isFalse();
        assertThat(gamma.cli("whois", alpha.ip4()).orThrow().stdout())
                .contains("example.com/cap/x", "\"role\": \"guest\"");

        control.cli("users", "destroy", "--name", "carol", "--force").orThrow();
        assertThat(control.cli("policy", "get").orThrow().stdout()).contains("group:all");
        Await.until("the open port to answer without her", SOON, () -> reaches(gamma, OPEN));
        control.policy("{}");
        awaitSeen("beta");
        Await.until("the other port to answer", SOON, () -> reaches(gamma, SHUT));
    }

    @Test
    void whatTheAdministratorCallsANodeCounts() {
        control.policy(
                """
                {"tagOwners": {"tag:web": []},
                 "acls": [{"action": "accept", "src": ["alice@"], "dst": ["tag:web:8000"]}]}
                """);
        Await.until("gamma to be hidden", SOON, () -> alpha.peer("gamma").isEmpty());
        control.change("tag", "gamma", "--tags=tag:web");
        awaitSeen("gamma");
        assertThat(seen("gamma").at("Tags").each().map(Json::text)).containsExactly("tag:web");
        assertThat(alpha.cli("status").orThrow().stdout())
                .containsPattern("gamma +tagged-devices ");
        Await.until("its port to answer", SOON, () -> reaches(gamma, OPEN));
        control.cli("nodes", "rename", "digger", "--identifier", "gamma").orThrow();
        awaitSeen("digger");

        control.policy("{}");
        control.delete("digger"); // while online
        Await.until("alpha to forget it", SOON, () -> alpha.peer("digger").isEmpty());
        Await.until(
                "it to need a login",
                SOON,
                () -> gamma.status().at("BackendState").text().equals("NeedsLogin"));
        gamma.up(control, AuthKeyRequest.forUser("bob"));
        awaitSeen("gamma");
        assertThat(alpha.cli("status").orThrow().stdout()).containsPattern("gamma +bob ");
    }

    @Test
    void aNewHostNameIsSeen() {
        beta.cli("set", "--hostname=other").orThrow();
        awaitSeen("other");
        beta.cli("set", "--hostname=beta").orThrow();
        awaitSeen("beta");
    }

    @Test
    void anEndThatIsAheadIsToldAndTakenBack() {
        control.change("expire", "beta", "--expiry=2099-01-01T00:00:00Z");
        Await.until("beta to know", SOON, () -> !end(beta.status().at("Self")).isEmpty());
        Await.until("alpha to know", SOON, () -> end(seen("beta")).startsWith("2099-01-01"));
        control.change("expire", "beta", "--disable");
        Await.until("beta to know better", SOON, () -> end(beta.status().at("Self")).isEmpty());
        Await.until("alpha, too", SOON, () -> end(seen("beta")).isEmpty());
    }

    private static String end(Json node) {
        return node.at("KeyExpiry").text();
    }

    @Test
    void aNodeThatWasDownOrBegunAnewIsTheSame() {
        for (int i = 0; i < 3; i++) {
            beta.cli("down").orThrow();
            beta.cli("up").orThrow();
        }
        beta.awaitRunning();
        Await.until("the server to see it there", SOON, () -> isOnline("beta"));
        String key = beta.status().at("Self").at("PublicKey").text();
        String address = beta.ip4();
        beta.cli("down").orThrow();
        Await.until("alpha to see it away", SOON, () -> !seen("beta").at("Online").bool());
        assertThat(isOnline("beta")).isFalse();

        beta.restart();
        beta.cli("up").orThrow();
        beta.awaitRunning();
        Await.until("alpha to see it back", SOON, () -> seen("beta").at("Online").bool());
        assertThat(beta.ip4()).isEqualTo(address);
        assertThat(beta.status().at("Self").at("PublicKey").text()).isEqualTo(key);
        Await.until(
                "a pong", SOON, () -> alpha.cli("ping", "--c=1", "beta").output().contains("pong"));
    }

    private static boolean isOnline(String name) {
        return control.node(name).orElseThrow().at("online").bool();
    }

    @Test
    void anEphemeralNodeIsForgottenAsItLogsOut(Lab lab) {
        Tailscaled fleeting = lab.tailscaled(lab.host("fleeting"), Tailscaled.Mode.USERSPACE);
        fleeting.up(control, AuthKeyRequest.forUser("alice").forEphemeralNodes());
        awaitSeen("fleeting");
        fleeting.cli("logout").orThrow();
        Await.until("the server to forget it", SOON, () -> control.node("fleeting").isEmpty());
        Await.until("alpha to forget it", SOON, () -> alpha.peer("fleeting").isEmpty());
        fleeting.stop();
    }

    @Test
    void aKeyInTheDaemonsConfigFileLetsItInAndOursToo(Lab lab) throws IOException {
        Host host = lab.host("filed");
        Host oursHost = lab.host("filed2");
        Tailscaled real =
                Tailscaled.on(
                        host,
                        lab.authority(),
                        Tailscaled.Mode.USERSPACE,
                        "--config=" + configFile(host));
        RemoraDaemon ours =
                RemoraDaemon.on(oursHost, lab.authority(), "--config=" + configFile(oursHost));
        real.start();
        ours.start();
        real.awaitRunning();
        ours.awaitRunning();
        for (TailnetDaemon each : List.of(real, ours)) {
            assertThat(control.node(each.host().name())).isPresent();
            assertThat(each.cli("set", "--hostname=other").output()).contains("is locked");
            each.stop();
            control.delete(each.host().name());
        }
    }

    private static Path configFile(Host host) throws IOException {
        String key = control.authKey(AuthKeyRequest.forUser("alice"));
        return Files.writeString(
                host.folder("config").resolve("tailscaled.hujson"),
                """
                {"Version": "alpha0", "ServerURL": "%s", "Hostname": "%s", // no commands
                 "AuthKey": "%s",}
                """
                        .formatted(control.url(), host.name(), key));
    }

    @Test
    void anEndedKeyLetsNobodyBackAndAGoodOneToTheSameAddress() {
        String id = control.nodeId("gamma");
        String address = gamma.ip4();
        String key = control.authKey(AuthKeyRequest.forUser("bob"));
        String number =
                control.json("preauthkeys", "list")
                        .each()
                        .reduce((first, last) -> last)
                        .orElseThrow()
                        .at("id")
                        .text();
        control.cli("preauthkeys", "expire", "--id", number).orThrow();
        gamma.cli("logout").orThrow();
        Result refused =
                gamma.cli(
                        "up",
                        "--login-server=" + control.url(),
                        "--auth-key=" + key,
                        "--hostname=gamma",
                        "--timeout=30s");
        assertThat(refused.ok()).isFalse();
        assertThat(refused.output()).contains("authkey expired");

        gamma.restart(); // or it would go on trying the key that was refused
        gamma.up(control, AuthKeyRequest.forUser("bob"));
        assertThat(control.nodeId("gamma")).isEqualTo(id);
        assertThat(gamma.ip4()).isEqualTo(address);
    }

    @Test
    void certificatesAreRefusedInWords() {
        assertThat(alpha.cli("cert", "alpha.lab.test").output())
                .contains("does not support getting TLS certs");
    }
}
