package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.apps.Curl;
import dev.remora.lab.apps.TcpClient;
import dev.remora.lab.apps.TcpServer;
import dev.remora.lab.apps.TcpServer.Behaviour;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.HeadscaleOptions;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a peer can reach of a node and what it cannot.
@Tag("host")
@ExtendWith(LabExtension.class)
class ReachTest {
    private static final String PEER_MAY_NOT =
            """
            {"acls": [{"action": "accept", "src": ["app"], "dst": ["*:*"]}],
             "hosts": {"app": "%s"}}
            """;

    private static final Duration A_FEW_SECONDS = Duration.ofSeconds(5);
    private static final Duration ONE_TRY = Duration.ofMillis(700);

    private static Headscale headscale;
    private static Tailscaled peer;
    private static RemoraDaemon app;

    @BeforeAll
    static void start(Lab lab) {
        headscale = lab.headscale();
        peer = lab.tailscaled(lab.host("peer"), Tailscaled.Mode.TUN);
        app = lab.remora(lab.host("app"));
        peer.up(headscale);
        app.up(headscale);
        TcpServer.start(app.host(), 5000, Behaviour.ECHO);
        serve(80);
        Ways.awaitDirect(peer, app);
    }

    private static void serve(int port) {
        app.cli("serve", "--bg", "--tcp=" + port, "tcp://localhost:5000").orThrow();
    }

    @Test
    void exactlyTheServedPortsOfAllAnswer() {
        int own4 = peerApiPort(app.ip4());
        int own6 = peerApiPort("[" + app.ip6() + "]");
        try (TcpServer local = TcpServer.start(app.host(), 6001, Behaviour.ECHO);
                TcpServer everywhere =
                        TcpServer.start(app.host(), "0.0.0.0", 6002, Behaviour.ECHO, 0);
                TcpServer six = TcpServer.start(app.host(), "::1", 6003, Behaviour.ECHO, 0);
                TcpServer same4 = TcpServer.start(app.host(), own4, Behaviour.ECHO);
                TcpServer same6 = TcpServer.start(app.host(), "::1", own6, Behaviour.ECHO, 0)) {
            serve(8443);
            assertOpen(app.ip4(), 80, 8443, own4);
            assertOpen(app.ip6(), 80, 8443, own6);
            for (TcpServer server : List.of(local, everywhere, six, same4, same6)) {
                assertThat(server.outcomes()).isEmpty();
            }
            app.cli("serve", "--tcp=8443", "off").orThrow();
        }
    }

    /// Where the peer was told to find the PeerAPI at this address.
    private static int peerApiPort(String address) {
        String start = "http://" + address + ":";
        return Await.value(
                "the peer to know the PeerAPI of the node",
                Ways.SOON,
                () ->
                        peer.peer("app")
                                .orElseThrow()
                                .at("PeerAPIURL")
                                .each()
                                .map(Json::text)
                                .filter(url -> url.startsWith(start))
                                .map(url -> Integer.valueOf(url.substring(start.length())))
                                .findFirst());
    }

    private static void assertOpen(String ip, Integer... ports) {
        TcpClient.Outcome all = new TcpClient(peer.host()).scan(ip, 1, 65_535);
        assertThat(all.openPorts()).containsExactly(ports);
        assertThat(all.counts()).containsEntry("refused", 65_535L - ports.length);
    }

    @Test
    void thePeerApiGreetsPeersAndLeadsNowhere() {
        for (String address : List.of(app.ip4(), "[" + app.ip6() + "]")) {
            String url = "http://" + address + ":" + peerApiPort(address);
            Curl curl = new Curl(peer.host());
            assertThat(curl.get(url + "/").body()).contains("You come from ");
            assertThat(curl.get(url + "/v0/env").status()).isEqualTo(403);
            assertThat(curl.get(url + "/index.html").status()).isEqualTo(404);
        }
    }

    @Test
    void aPortThatIsSwitchedOffIsClosedAtOnce() {
        serve(81);
        TcpClient client = new TcpClient(peer.host());
        assertThat(client.echo(app.ip4(), 81, 1_000, 1, 1).counts()).isEmpty();
        app.cli("serve", "--tcp=81", "off").orThrow();
        assertThat(client.scan(app.ip4(), 80, 82).openPorts()).containsExactly(80);
        serve(81);
        assertThat(client.scan(app.ip4(), 80, 82).openPorts()).containsExactly(80, 81);
        app.cli("serve", "reset").orThrow();
        assertThat(client.scan(app.ip4(), 80, 82).openPorts()).isEmpty();
        serve(80);
    }

    @Test
    void aPeerThatThePolicyDeniesIsDeniedUntilItIsAllowedAgain() {
        TcpClient client = new TcpClient(peer.host());
        assertThat(client.echo(app.ip4(), 80, 1_000, 1, 1).counts()).isEmpty();
        try {
            // The peer still sees the node, which may reach it, so that it is us who must say no.
            headscale.policy(PEER_MAY_NOT.formatted(app.ip4()));
            Await.until("the peer to be denied", A_FEW_SECONDS, () -> exitOfOneTry() == SILENCE);
            assertThat(peer.peer("app")).isPresent();
            headscale.policy("{\"acls\": []}");
            Await.until("the peer to be denied", A_FEW_SECONDS, () -> !isReached());
        } finally {
            headscale.policy(HeadscaleOptions.ALLOW_ALL);
        }
        Await.until("the peer to be allowed", A_FEW_SECONDS, ReachTest::isReached);
        assertThat(client.echo(app.ip4(), 80, 1_000, 1, 1).counts()).isEmpty();
    }

    /// As curl's exit codes have it: a refusal and a missing route are both 7; with the echo of its own request it ends otherwise.
    private static final int NOT_CONNECTED = 7;

    private static final int SILENCE = 28;

    private static int exitOfOneTry() {
        return new Curl(peer.host()).get("http://" + app.ip4() + "/", ONE_TRY).exit();
    }

    private static boolean isReached() {
        int exit = exitOfOneTry();
        return exit != SILENCE && exit != NOT_CONNECTED;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--c=1",
                "--tsmp --c=1",
                "--tsmp --c=3",
                "--icmp --c=1",
                "--icmp --c=3",
                "--size=100 --c=1",
                "--size=1200 --c=1",
                "--verbose --c=1",
                "--timeout=3s --c=1"
            })
    void everyFormOfPingIsAnswered(String options) {
        for (String target : List.of("app", app.ip4(), app.ip6(), app.dnsName())) {
            assertThat(ping(options, target)).contains("pong from app (");
        }
    }

    private static String ping(String options, String target) {
        List<String> command = new ArrayList<>(List.of("ping"));
        command.addAll(List.of(options.split(" ")));
        command.add(target);
        Result result = peer.cli(command.toArray(String[]::new));
        assertThat(result.ok()).as(result.toString()).isTrue();
        return result.stdout();
    }

    @Test
    void aPingMayAskThePeerApi() {
        for (String ip : List.of(app.ip4(), app.ip6())) {
            // which address is asked is the peer's choice
            assertThat(ping("--peerapi", ip))
                    .matches("hit peerapi of .*app.* at http://.* in .*\\n");
        }
    }

    @Test
    void aPingMayGoOnThoughThereIsADirectPath() {
        assertThat(ping("--c=2 --until-direct=false", "app").lines()).hasSize(2);
    }

    @Test
    void theSystemsOwnPingIsAnsweredToo() {
        for (String ip : List.of(app.ip4(), app.ip6())) {
            Result result = peer.host().run("ping", "-c3", "-i0.2", "-W5", ip);
            assertThat(result.ok()).as(result.toString()).isTrue();
            Result large = peer.host().run("ping", "-c2", "-i0.2", "-W5", "-s1200", ip);
            assertThat(large.ok()).as(large.toString()).isTrue();
        }
    }

    @Test
    void whatEverIsSentToAClosedPortIsRefusedAtOnce() {
        Curl.Answer answer = new Curl(peer.host()).get("http://" + app.ip4() + ":5000/");
        assertThat(answer.exit()).isEqualTo(7);
        assertThat(answer.took()).isLessThan(Duration.ofSeconds(2));
    }
}
