package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.apps.Curl;
import dev.remora.lab.apps.FlaskApp;
import dev.remora.lab.apps.TcpClient;
import dev.remora.lab.apps.TcpServer;
import dev.remora.lab.apps.TcpServer.Behaviour;
import dev.remora.lab.net.Host;
import dev.remora.lab.net.LinkShape;
import dev.remora.lab.net.NatBox.Mapping;
import dev.remora.lab.peers.ControlServer;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.peers.TailnetDaemon;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.LabProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// The main job: an app on localhost, reached by other members of the tailnet over whatever lies in between, under any control server.
@Tag("host")
@ExtendWith(LabExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MainJob {
    private static final long BULK = 20_000_000;
    private static final long LONG_DOWNLOAD = 120_000_000;

    private ControlServer control;

    /// The real peers: one with public addresses, one behind a NAT box.
    private Tailscaled peer;

    private Tailscaled desk;

    /// Ours: with public addresses, and behind NAT boxes of both kinds.
    private RemoraDaemon app;

    private RemoraDaemon home;
    private RemoraDaemon hard;

    /// Starts the control server on a host `ctl`.
    abstract ControlServer control(Lab lab);

    @BeforeAll
    void start(Lab lab) {
        control = control(lab);
        peer = lab.tailscaled(lab.host("peer"), Tailscaled.Mode.TUN);
        desk =
                lab.tailscaled(
                        lab.nat("office", Mapping.ENDPOINT_INDEPENDENT).host("desk"),
                        Tailscaled.Mode.TUN);
        app = lab.remora(lab.host("app"));
        home = lab.remora(lab.nat("easy", Mapping.ENDPOINT_INDEPENDENT).host("home"));
        hard = lab.remora(lab.nat("strict", Mapping.ENDPOINT_DEPENDENT).host("hard"));
        for (TailnetDaemon node : List.of(peer, desk, app, home, hard)) {
            node.up(control);
        }
        for (RemoraDaemon node : List.of(app, home, hard)) {
            FlaskApp.start(node.host()); // ended with the lab
            serve(node, 80, FlaskApp.PORT);
        }
        TcpServer.start(app.host(), "127.0.0.1", 7002, Behaviour.SOURCE, BULK);
        serve(app, 7002, 7002);
    }

    private static void serve(RemoraDaemon node, int port, int appPort) {
        node.cli("serve", "--bg", "--tcp=" + port, "tcp://localhost:" + appPort).orThrow();
    }

    @Test
    void theAppIsReachedByIpv4AndIpv6AndName() {
        assertReached(peer, app);
    }

    private static void assertReached(TailnetDaemon from, RemoraDaemon to) {
        Curl curl = new Curl(from.host());
        for (String name :
                List.of(to.ip4(), "[" + to.ip6() + "]", to.dnsName(), to.host().name())) {
            assertThat(curl.awaitOk("http://" + name + "/", Ways.SOON).body())
                    .isEqualTo(FlaskApp.HELLO);
        }
    }

    @Test
    void publicHostsMeetDirectly() {
        Ways.awaitDirect(peer, app);
        assertReached(peer, app);
        Ways.awaitDirect(app, peer);
        assertThat(app.peer("peer").orElseThrow().at("CurAddr").text()).isNotEmpty();
    }

    @Test
    void withoutUdpTheRelayCarriesEverything() {
        app.host().blockUdp();
        try {
            Ways.awaitRelayed(peer, app);
            assertReached(peer, app);
            assertThat(new TcpClient(peer.host()).get(app.ip4(), 7002, BULK).counts()).isEmpty();
        } finally {
            app.host().allowUdp();
        }
        Ways.awaitDirect(peer, app);
    }

    @Test
    void aNodeThatStartsWithoutUdpIsReachedAtOnce() {
        home.host().blockUdp();
        try {
            home.restart();
            home.awaitRunning();
            assertReached(peer, home);
            Ways.awaitRelayed(peer, home);
        } finally {
            home.host().allowUdp();
        }
        Ways.awaitDirect(peer, home);
    }

    @Test
    void behindEndpointIndependentNatsBothMeetDirectly() {
        assertReached(desk, home);
        Ways.awaitDirect(desk, home);
        assertReached(desk, home);
    }

    @Test
    void anEndpointDependentNatLeavesTheRelayToThoseBehindAnother() {
        assertReached(desk, hard);
        assertThat(Ways.staysRelayed(desk, hard)).isTrue();
    }

    @Test
    void anEndpointDependentNatLetsItsHostsMeetPublicOnesDirectly() {
        Ways.awaitDirect(peer, hard);
        assertReached(peer, hard);
    }

    @Test
    void ourOwnPingFindsTheDirectPathToo() {
        Ways.awaitDirect(app, peer);
        Ways.awaitDirect(home, desk);
        Ways.awaitDirect(app, home);
    }

    @Test
    void aDownloadMovesFromRelayToDirectAndBackAndLosesNothing(Lab lab) {
        RemoraDaemon mover = lab.remora(lab.host("mover"));
        mover.host().distance(atMegabitsPerSecond(30));
        mover.host().blockUdp();
        mover.up(control);
        TcpServer.start(mover.host(), "127.0.0.1", 7002, Behaviour.SOURCE, LONG_DOWNLOAD);
        serve(mover, 7002, 7002);
        Ways.awaitRelayed(peer, mover);
        TcpClient client = new TcpClient(peer.host());
        try (var download = client.startGet(mover.ip4(), 7002, LONG_DOWNLOAD)) {
            download.awaitAtLeast(LONG_DOWNLOAD / 20, Ways.SOON);
            mover.host().allowUdp();
            Ways.awaitDirect(peer, mover);
            mover.host().blockUdp();
            Ways.awaitRelayed(peer, mover);
            long before = download.soFar();
            download.awaitAtLeast(before + LONG_DOWNLOAD / 20, Ways.SOON);
            assertThat(download.soFar()).isLessThan(LONG_DOWNLOAD);
            mover.host().allowUdp();
            mover.host().distance(atMegabitsPerSecond(1000));
            assertThat(download.outcome(Duration.ofMinutes(2)).counts()).isEmpty();
        }
    }

    private static LinkShape atMegabitsPerSecond(int rate) {
        return new LinkShape(Duration.ofMillis(1), rate * 1_000_000L, 500_000);
    }

    @Test
    void aJavaProgramIsAMemberByItself(Lab lab) {
        TcpServer.start(app.host(), 7001, Behaviour.ECHO);
        serve(app, 7001, 7001);
        LabProcess program = startJvmNode(lab, lab.host("jvm"), app.dnsName(), 7001);
        program.awaitSaid(Ways.SOON, "listening");
        assertThat(program.log())
                .contains("peer is app." + Headscale.DOMAIN, "echoed 5000000 intact");
        String ip =
                peer.peer("jvm")
                        .orElseThrow()
                        .at("TailscaleIPs")
                        .each()
                        .findFirst()
                        .orElseThrow()
                        .text();
        assertThat(new TcpClient(peer.host()).echo(ip, 7, 1_000_000, 10, 5).counts()).isEmpty();
        program.stop();
    }

    private LabProcess startJvmNode(Lab lab, Host host, String peerName, int port) {
        return host.start(
                "node",
                Map.of("SSL_CERT_FILE", lab.authority().root().toString()),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        JvmNodeMain.class.getName(),
                        control.url(),
                        control.authKey(),
                        host.name(),
                        host.folder("node").toString(),
                        peerName,
                        Integer.toString(port),
                        "5000000"));
    }
}
