package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.apps.Curl;
import dev.remora.lab.apps.FlaskApp;
import dev.remora.lab.apps.TcpClient;
import dev.remora.lab.apps.TcpServer;
import dev.remora.lab.apps.TcpServer.Behaviour;
import dev.remora.lab.net.Host;
import dev.remora.lab.net.NatBox.Mapping;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.HeadscaleOptions;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Result;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The lab itself, shown to be a network by real programs that meet in it.
@Tag("host")
@ExtendWith(LabExtension.class)
class LabTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Pattern DIRECT = Pattern.compile("via (10\\.77\\.|\\[fd77:)");

    private static Headscale headscale;
    private static Tailscaled alpha;
    private static Tailscaled beta;
    private static Tailscaled gamma;
    private static Tailscaled delta;

    @BeforeAll
    static void start(Lab lab) {
        headscale = lab.headscale();
        alpha = lab.tailscaled(lab.host("alpha"), Tailscaled.Mode.TUN);
        beta = lab.tailscaled(lab.host("beta"), Tailscaled.Mode.USERSPACE);
        gamma =
                lab.tailscaled(
                        lab.nat("easy", Mapping.ENDPOINT_INDEPENDENT).host("gamma"),
                        Tailscaled.Mode.USERSPACE);
        delta =
                lab.tailscaled(
                        lab.nat("hard", Mapping.ENDPOINT_DEPENDENT).host("delta"),
                        Tailscaled.Mode.USERSPACE);
        for (Tailscaled node : List.of(alpha, beta, gamma, delta)) {
            node.up(headscale);
        }
    }

    @Test
    void publicHostsMeetDirectly() {
        awaitDirect(alpha, beta);
    }

    @Test
    void aHostBehindAnEndpointIndependentNatIsMetDirectly() {
        awaitDirect(gamma, beta);
        awaitDirect(beta, gamma);
    }

    @Test
    void twoNatsOfWhichOneIsEndpointDependentLeaveOnlyTheRelay() {
        assertThat(pings(gamma, delta, 8)).contains("via DERP(lab)").doesNotContainPattern(DIRECT);
    }

    @Test
    void withoutUdpOnlyTheRelayIsLeftUntilItIsAllowedAgain() {
        beta.host().blockUdp();
        beta.restart();
        beta.awaitRunning();
        Await.until(
                "the relay to carry pings", SOON, () -> pings(alpha, beta, 1).contains("via DERP"));
        assertThat(pings(alpha, beta, 3)).doesNotContainPattern(DIRECT);
        beta.host().allowUdp();
        awaitDirect(alpha, beta);
    }

    private static void awaitDirect(Tailscaled from, Tailscaled to) {
        Await.until("a direct path", SOON, () -> DIRECT.matcher(pings(from, to, 10)).find());
    }

    /// Up to `count` pings, ending with the first direct answer.
    private static String pings(Tailscaled from, Tailscaled to, int count) {
        Result result = from.cli("ping", "--c=" + count, "--timeout=2s", to.host().name());
        return result.output();
    }

    @Test
    void aFlaskAppIsReachedThroughServeByAddressAndByName() {
        try (FlaskApp flask = FlaskApp.start(beta.host())) {
            assertThat(flask.process().isAlive()).isTrue();
            serve(beta, 80, FlaskApp.PORT);
            Curl curl = new Curl(alpha.host());
            assertThat(curl.awaitOk("http://" + beta.ip4() + "/", SOON).body())
                    .isEqualTo(FlaskApp.HELLO);
            assertThat(curl.awaitOk("http://[" + beta.ip6() + "]/", SOON).body())
                    .isEqualTo(FlaskApp.HELLO);
            assertThat(curl.awaitOk("http://" + beta.dnsName() + "/", SOON).body())
                    .isEqualTo(FlaskApp.HELLO);
        }
    }

    @Test
    void everyByteOfATransferIsChecked() {
        Host there = gamma.host();
        try (TcpServer echo = TcpServer.start(there, 7001, Behaviour.ECHO);
                TcpServer source =
                        TcpServer.start(there, "127.0.0.1", 7002, Behaviour.SOURCE, 20_000_000)) {
            serve(gamma, 7001, 7001);
            serve(gamma, 7002, 7002);
            TcpClient client = new TcpClient(alpha.host());
            // Not echo(): this tailscaled ends both directions as soon as one has ended.
            TcpClient.Outcome swapped = client.swap(gamma.ip4(), 7001, 100_000, 20, 5);
            assertThat(swapped.counts()).isEmpty();
            assertThat(swapped.good()).isEqualTo(20);
            assertThat(client.get(gamma.ip4(), 7002, 20_000_000).counts()).isEmpty();
            assertThat(echo.outcomes()).hasSize(20);
            assertThat(source.outcomes()).containsExactly("connection 1 sent 20000000");
        }
    }

    @Test
    void halfClosedConnectionsAndClosedPortsAreToldApart() {
        String ip = beta.host().ip4();
        try (TcpServer sink = TcpServer.start(beta.host(), ip, 7003, Behaviour.SINK, 0);
                TcpServer echo = TcpServer.start(beta.host(), ip, 7004, Behaviour.ECHO, 0)) {
            TcpClient client = new TcpClient(alpha.host());
            assertThat(client.put(ip, 7003, 20_000_000).counts()).isEmpty();
            assertThat(client.echo(ip, 7004, 100_000, 20, 5).counts()).isEmpty();
            assertThat(sink.outcomes()).containsExactly("connection 1 intact 20000000");
            assertThat(echo.outcomes()).contains("connection 1 echoed 100000");
            TcpClient.Outcome scan = client.scan(ip, 7000, 7099);
            assertThat(scan.openPorts()).containsExactly(7003, 7004);
            assertThat(scan.counts()).containsEntry("refused", 98L);
        }
    }

    private static void serve(Tailscaled node, int port, int appPort) {
        node.cli("serve", "--bg", "--tcp=" + port, "tcp://localhost:" + appPort).orThrow();
    }

    @Test
    void aPolicyTakesEffectAndAnotherHealsIt() {
        headscale.policy("{\"acls\": []}");
        Await.until("beta to be hidden", SOON, () -> alpha.peer("beta").isEmpty());
        headscale.policy(HeadscaleOptions.ALLOW_ALL);
        Await.until("beta to be seen", SOON, () -> alpha.peer("beta").isPresent());
        awaitDirect(alpha, beta);
    }

    @Test
    void aCutHostIsSilentUntilItIsRestored() {
        beta.host().cut();
        assertThat(alpha.host().run("ping", "-c1", "-W1", beta.host().ip4()).ok()).isFalse();
        beta.host().restore();
        Await.until(
                "beta to answer",
                SOON,
                () -> alpha.host().run("ping", "-c1", "-W1", beta.host().ip4()).ok());
    }

    @Test
    void headscaleRestartsWithAllItKnew() {
        headscale.restart();
        assertThat(headscale.nodes()).hasSize(4);
        Await.until(
                "alpha to be online again",
                SOON,
                () -> headscale.node("alpha").orElseThrow().at("online").bool());
    }
}
