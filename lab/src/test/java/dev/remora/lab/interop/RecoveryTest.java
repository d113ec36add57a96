package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.apps.Curl;
import dev.remora.lab.apps.FlaskApp;
import dev.remora.lab.apps.TcpClient;
import dev.remora.lab.apps.TcpServer;
import dev.remora.lab.apps.TcpServer.Behaviour;
import dev.remora.lab.peers.Derper;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.HeadscaleOptions;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.LabException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Everything breaks once, and service comes back without a hand. The relay is a program of its own here, so that it
/// and the control server can break one at a time.
@Tag("host")
@ExtendWith(LabExtension.class)
class RecoveryTest {
    /// What "within seconds" means.
    private static final Duration SOON = Duration.ofSeconds(10);

    /// Less than it takes a peer to repeat a handshake message that was lost.
    private static final Duration A_FEW_SECONDS = Duration.ofSeconds(4);

    private static final Duration ONE_TRY = Duration.ofSeconds(2);
    private static final long DOWNLOAD = 400_000_000;

    private static Headscale headscale;
    private static Derper relay;
    private static Tailscaled peer;
    private static RemoraDaemon app;
    private static FlaskApp flask;
    private static String url;

    /// A node without UDP.
    private static RemoraDaemon walled;

    @BeforeAll
    static void start(Lab lab) {
        relay = lab.derper("relay", 901);
        headscale = lab.headscale(HeadscaleOptions.defaults().withRelay(relay));
        peer = lab.tailscaled(lab.host("peer"), Tailscaled.Mode.TUN);
        app = lab.remora(lab.host("app"));
        peer.up(headscale);
        app.up(headscale);
        flask = FlaskApp.start(app.host());
        TcpServer.start(app.host(), "127.0.0.1", 7002, Behaviour.SOURCE, DOWNLOAD);
        app.cli("serve", "--bg", "--tcp=80", "tcp://localhost:" + FlaskApp.PORT).orThrow();
        app.cli("serve", "--bg", "--tcp=7002", "tcp://localhost:7002").orThrow();
        url = "http://" + app.ip4() + "/";
        walled = lab.remora(lab.host("walled"));
        walled.host().blockUdp();
        walled.up(headscale);
        FlaskApp.start(walled.host()); // ended with the lab
        walled.cli("serve", "--bg", "--tcp=80", "tcp://localhost:" + FlaskApp.PORT).orThrow();
        Ways.awaitDirect(peer, app);
        Await.until("the node without UDP to be served", SOON, RecoveryTest::isWalledServed);
    }

    private static boolean isServed() {
        return new Curl(peer.host()).get(url, ONE_TRY).status() == 200;
    }

    private static boolean isWalledServed() {
        return new Curl(peer.host()).get("http://" + walled.ip4() + "/", ONE_TRY).status() == 200;
    }

    private static void awaitServed() {
        Await.until("the app to be served", SOON, RecoveryTest::isServed);
    }

    private static boolean isOnline() {
        return headscale.node("app").orElseThrow().at("online").bool();
    }

    @Test
    void withoutTheControlServerServiceGoesOnAndWithItNewsComeAgain(Lab lab) {
        headscale.stop();
        assertThat(isServed()).isTrue();
        Await.until(
                "the status to say so",
                SOON,
                () -> app.status().at("Health").text().contains("control server"));
        headscale.start();
        Await.until("the node to be online", SOON, RecoveryTest::isOnline);
        Await.until(
                "the status to be well",
                SOON,
                () -> !app.status().at("Health").text().contains("control server"));
        Tailscaled late = lab.tailscaled(lab.host("late"), Tailscaled.Mode.TUN);
        late.up(headscale);
        assertThat(new Curl(late.host()).awaitOk(url, SOON).body()).isEqualTo(FlaskApp.HELLO);
        late.stop();
    }

    @Test
    void whereOnlyTheRelayLeadsItIsUsedAgainAsSoonAsItIsBack() {
        Await.until("the node without UDP to be served", SOON, RecoveryTest::isWalledServed);
        relay.stop();
        assertThat(isWalledServed()).isFalse();
        relay.start();
        Await.until("the node without UDP to be served", SOON, RecoveryTest::isWalledServed);
        Ways.awaitRelayed(peer, walled);
    }

    @Test
    void withoutTheRelayDirectPathsGoOn() {
        Ways.awaitDirect(peer, app);
        relay.stop();
        try {
            assertThat(isServed()).isTrue();
        } finally {
            relay.start();
        }
        awaitServed();
    }

    @Test
    void anAppThatIsRestartedIsServedAgain() {
        flask.stop();
        assertThat(isServed()).isFalse();
        flask.start();
        awaitServed();
    }

    @Test
    void aDaemonThatWasKilledComesBackAsWhoItWas() {
        String ip = app.ip4();
        int nodes = headscale.nodes().size();
        for (int i = 0; i < 3; i++) {
            app.kill();
            app.start();
            Await.until("the app to be served", A_FEW_SECONDS, RecoveryTest::isServed);
        }
        assertThat(app.ip4()).isEqualTo(ip);
        assertThat(headscale.nodes()).hasSize(nodes);
    }

    @Test
    void whoGoesDownAndUpAgainIsReachedAtOnce() {
        app.cli("down").orThrow();
        assertThat(isServed()).isFalse();
        app.cli("up").orThrow();
        Await.until("the app to be served", A_FEW_SECONDS, RecoveryTest::isServed);
    }

    @Test
    void aTransferOutlivesAShortCut() {
        try (var download = new TcpClient(peer.host()).startGet(app.ip4(), 7002, DOWNLOAD)) {
            download.awaitAtLeast(DOWNLOAD / 100, SOON);
            app.host().cut();
            pass(Duration.ofSeconds(5));
            app.host().restore();
            assertThat(download.outcome(Duration.ofMinutes(2)).counts()).isEmpty();
        }
    }

    @Test
    void aMinuteWithoutNetworkIsOverSecondsAfterItsEnd() {
        app.host().cut();
        walled.host().cut();
        pass(Duration.ofSeconds(60));
        assertThat(isServed()).isFalse();
        assertThat(app.status().at("Health").text()).contains("control server");
        app.host().restore();
        walled.host().restore();
        awaitServed();
        Await.until("the node without UDP to be served", SOON, RecoveryTest::isWalledServed);
        Await.until("the node to be online", SOON, RecoveryTest::isOnline);
        assertHearsNews();
        Ways.awaitDirect(peer, app);
    }

    private static void assertHearsNews() {
        String renamed = "renamed" + System.nanoTime();
        String id = headscale.node("peer").orElseThrow().at("id").text();
        headscale.cli("nodes", "rename", renamed, "--identifier", id).orThrow();
        Await.until("the node to hear news", SOON, () -> app.peer(renamed).isPresent());
        headscale.cli("nodes", "rename", "peer", "--identifier", id).orThrow();
        Await.until("the node to hear news", SOON, () -> app.peer("peer").isPresent());
    }

    @Test
    void aCableMayBePulled() {
        app.host().unplug();
        pass(Duration.ofSeconds(3));
        assertThat(isServed()).isFalse();
        app.host().plug();
        awaitServed();
        Ways.awaitDirect(peer, app);
    }

    /// Not a wait for anything to happen: the length of the outage is what is tested.
    private static void pass(Duration span) {
        long end = System.nanoTime() + span.toNanos();
        for (long left = span.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new LabException("interrupted");
            }
        }
    }
}
