package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.apps.Curl;
import dev.remora.lab.apps.FlaskApp;
import dev.remora.lab.apps.HttpServer;
import dev.remora.lab.peers.AuthKeyRequest;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.HeadscaleOptions;
import dev.remora.lab.peers.Programs;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabProcess;
import dev.remora.lab.run.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// The released `tailscale` command drives our daemon, and a released `tailscaled` reaches what it serves. One story: each test goes on from the last.
@Tag("host")
@ExtendWith(LabExtension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RealCommandLineTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static Headscale headscale;
    private static Tailscaled peer;
    private static RemoraDaemon app;

    @BeforeAll
    static void start(Lab lab) {
        headscale = lab.headscale(HeadscaleOptions.defaults());
        peer = lab.tailscaled(lab.host("peer"), Tailscaled.Mode.TUN);
        peer.up(headscale);
        app = RemoraDaemon.on(lab.host("app"), lab.authority());
        app.launch();
        Await.until("our daemon to answer", SOON, () -> tailscale("status", "--json").ok());
    }

    private static Result tailscale(String... arguments) {
        return app.cliOf(peer, arguments);
    }

    private static Json status() {
        return Json.parse(tailscale("status", "--json").orThrow().stdout());
    }

    @Test
    @Order(1)
    void saysThatItIsLoggedOut() {
        Result status = tailscale("status");
        assertThat(status.exit()).isEqualTo(1);
        assertThat(status.stdout()).isEqualTo("Logged out.\n");
        assertThat(tailscale("ip").output())
                .contains("no current Tailscale IPs; state: NeedsLogin");
    }

    @Test
    @Order(2)
    void aWrongKeyIsSaidToBeWrong() {
        Result up =
                tailscale(
                        "up",
                        "--login-server=" + headscale.url(),
                        "--auth-key=wrong",
                        "--timeout=20s");
        assertThat(up.exit()).isEqualTo(1);
        assertThat(up.stderr()).contains("backend error: The auth key is not valid");
        assertThat(status().at("Health").each().map(Json::text).toList().toString())
                .contains("The last login error was: The auth key is not valid", "Next try at");
    }

    @Test
    @Order(3)
    void comesUpWithAKey() {
        tailscale(
                        "up",
                        "--login-server=" + headscale.url(),
                        "--auth-key=" + headscale.authKey(),
                        "--hostname=app",
                        "--timeout=30s")
                .orThrow();
        Json status = status();
        assertThat(status.at("BackendState").text()).isEqualTo("Running");
        assertThat(status.at("Self").at("DNSName").text()).isEqualTo("app.lab.test.");
        assertThat(tailscale("ip", "-4").orThrow().stdout()).startsWith("100.64.0.");
        assertThat(tailscale("status").orThrow().stdout()).contains("app", "peer");
    }

    @Test
    @Order(4)
    void servesAFlaskAppByAddressAndByName() {
        tailscale("serve", "--bg", "--tcp=80", "tcp://localhost:" + FlaskApp.PORT).orThrow();
        try (FlaskApp flask = FlaskApp.start(app.host())) {
            assertThat(flask.process().isAlive()).isTrue();
            Curl curl = new Curl(peer.host());
            String ip = tailscale("ip", "-4").stdout().strip();
            String ip6 = tailscale("ip", "-6").stdout().strip();
            for (String host : List.of(ip, "[" + ip6 + "]", "app.lab.test")) {
                assertThat(curl.awaitOk("http://" + host + "/", SOON).body())
                        .isEqualTo(FlaskApp.HELLO);
            }
        }
        assertThat(tailscale("serve", "status").orThrow().stdout())
                .contains("|-- tcp://app.lab.test:80 (tailnet only)", "|--> tcp://localhost:5000");
    }

    @Test
    @Order(4)
    void partsThatAreNotThereAreNamedInASentence() {
        assertThat(tailscale("lock", "status").orThrow().stdout())
                .startsWith("Tailnet Lock is NOT enabled.\n")
                .contains("tlpub:");
        Map<String, String> parts =
                Map.of(
                        "dns query peer", "DNS queries through the daemon are",
                        "nc peer 80", "Connections through the daemon are",
                        "cert app.lab.test", "Certificates are",
                        "drive list", "Shared folders are",
                        "file get .", "Files from other nodes are",
                        "debug portmap", "Port mapping is");
        parts.forEach((words, what) -> {
            Result result = tailscale(words.split(" "));
            assertThat(result.exit()).as(words).isEqualTo(1);
            assertThat(result.stderr())
                    .as(words)
                    .contains(what + " not supported by this program.");
        });
    }

    @Test
    @Order(5)
    void anAppThatIsDownLooksLikeAClosedPortUntilItIsBack() {
        String url = "http://" + tailscale("ip", "-4").stdout().strip() + "/";
        Curl curl = new Curl(peer.host());
        assertThat(curl.get(url).exit()).as("refused").isEqualTo(7);
        try (FlaskApp flask = FlaskApp.start(app.host())) {
            assertThat(flask.process().isAlive()).isTrue();
            assertThat(curl.awaitOk(url, SOON).body()).isEqualTo(FlaskApp.HELLO);
        }
    }

    @Test
    @Order(6)
    void pingsInAllItsForms() {
        assertThat(tailscale("ping", "--c=3", "peer").orThrow().stdout())
                .contains("pong from peer");
        assertThat(tailscale("ping", "--tsmp", "peer").orThrow().stdout()).contains("via TSMP in");
        assertThat(tailscale("ping", "--icmp", "peer").orThrow().stdout()).contains("via ICMP in");
        assertThat(tailscale("ping", tailscale("ip", "-4").stdout().strip()).stdout())
                .contains("is local Tailscale IP");
        assertThat(tailscale("ping", "--c=1", "100.64.0.99").output()).contains("no matching peer");
    }

    @Test
    @Order(7)
    void knowsWhoSomebodyIs() {
        assertThat(tailscale("whois", peer.ip4()).orThrow().stdout())
                .contains("Name:          peer.lab.test", "Addresses:     [" + peer.ip4() + "/32");
        assertThat(tailscale("whois", "100.64.0.99").output()).contains("peer not found");
    }

    @Test
    @Order(8)
    void looksAtTheNetwork() {
        assertThat(tailscale("netcheck").orThrow().stdout())
                .contains("* UDP: true", "* Nearest DERP: lab");
        assertThat(tailscale("metrics").orThrow().stdout())
                .contains("tailscaled_home_derp_region_id 999")
                .containsPattern(
                        "tailscaled_inbound_packets_total\\{path=\"direct_ipv[46]\"} [1-9]");
        assertThat(tailscale("version", "--daemon").orThrow().stdout()).contains("Daemon: ");
    }

    @Test
    @Order(9)
    void aForegroundServeEndsWithItsTerminal(Lab lab) {
        Curl curl = new Curl(peer.host());
        String url = "http://" + tailscale("ip", "-4").stdout().strip() + ":8080/";
        List<String> command = new ArrayList<>(List.of(Programs.peer("tailscale")));
        command.addAll(
                List.of("--socket=" + app.socket(), "serve", "--tcp=8080", "tcp://localhost:8081"));
        try (HttpServer http = HttpServer.start(app.host(), 8081)) {
            LabProcess serve = app.host().start("serve", Map.of(), command);
            assertThat(curl.awaitOk(url, SOON).status()).isEqualTo(200);
            serve.kill();
            Await.until("port 8080 to close", SOON, () -> curl.get(url).exit() == 7);
        }
        assertThat(tailscale("serve", "status", "--json").stdout()).doesNotContain("8080");
    }

    @Test
    @Order(10)
    void nothingButServedPortsIsReachable() {
        try (HttpServer http = HttpServer.start(app.host(), 8081)) {
            String ip = tailscale("ip", "-4").stdout().strip();
            assertThat(new Curl(peer.host()).get("http://" + ip + ":8081/").exit()).isEqualTo(7);
        }
    }

    @Test
    @Order(11)
    void goesDownAndUpAgain() {
        tailscale("down").orThrow();
        Result status = tailscale("status");
        assertThat(status.exit()).isEqualTo(1);
        assertThat(status.stdout()).isEqualTo("Tailscale is stopped.\n");
        assertThat(tailscale("down").stderr()).contains("Tailscale was already stopped.");
        tailscale("up").orThrow();
        Await.until("it to run", SOON, () -> status().at("BackendState").text().equals("Running"));
    }

    @Test
    @Order(12)
    void changesItsName() {
        // what to make of a name is the server's business, as with the original
        tailscale("set", "--hostname=a_b").orThrow();
        tailscale("set", "--hostname=shop").orThrow();
        Await.until(
                "the peer to see the new name",
                SOON,
                () -> peer.status().toString().contains("shop.lab.test."));
    }

    @Test
    @Order(13)
    void aRestartKeepsNodeAddressAndServing() {
        String ip = tailscale("ip", "-4").stdout().strip();
        app.kill();
        app.launch();
        Await.until(
                "it to run again",
                SOON,
                () ->
                        tailscale("status", "--json").ok()
                                && status().at("BackendState").text().equals("Running"));
        assertThat(tailscale("ip", "-4").stdout().strip()).isEqualTo(ip);
        try (FlaskApp flask = FlaskApp.start(app.host())) {
            assertThat(flask.process().isAlive()).isTrue();
            assertThat(new Curl(peer.host()).awaitOk("http://" + ip + "/", SOON).body())
                    .isEqualTo(FlaskApp.HELLO);
        }
    }

    @Test
    @Order(14)
    void aSecondLoginAtTheSameServerIsAnotherNodeAndTheFirstOneIsKept() {
        String first = status().at("Self").at("PublicKey").text();
        String ip = tailscale("ip", "-4").stdout().strip();
        String key = headscale.authKey(AuthKeyRequest.forUser("bob"));
        tailscale(
                        "login",
                        "--login-server=" + headscale.url(),
                        "--auth-key=" + key,
                        "--hostname=second",
                        "--timeout=30s")
                .orThrow();
        assertThat(status().at("Self").at("PublicKey").text()).isNotEqualTo(first);
        assertThat(tailscale("ip", "-4").stdout().strip()).isNotEqualTo(ip);
        assertThat(tailscale("serve", "status").stdout()).isEqualTo("No serve config\n");
        assertThat(headscale.node("second")).isPresent();

        tailscale("switch", "alice").orThrow();

        Await.until(
                "the first node to run again",
                SOON,
                () -> status().at("BackendState").text().equals("Running"));
        assertThat(status().at("Self").at("PublicKey").text()).isEqualTo(first);
        assertThat(tailscale("ip", "-4").stdout().strip()).isEqualTo(ip);
        assertThat(tailscale("serve", "status").stdout()).contains(":80 (tailnet only)");
    }

    @Test
    @Order(15)
    void logsOut() {
        tailscale("logout").orThrow();
        assertThat(tailscale("status").stdout()).isEqualTo("Logged out.\n");
        assertThat(status().at("TailscaleIPs").each().toList()).isEmpty();
        assertThat(status().at("HaveNodeKey").bool()).isFalse();
    }
}
