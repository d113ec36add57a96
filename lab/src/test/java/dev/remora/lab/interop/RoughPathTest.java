package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.apps.TcpClient;
import dev.remora.lab.apps.TcpServer;
import dev.remora.lab.apps.TcpServer.Behaviour;
import dev.remora.lab.net.LinkShape;
import dev.remora.lab.net.NatBox;
import dev.remora.lab.net.NatBox.Mapping;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.peers.Tailscaled;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Paths that are long, that shuffle packets, or whose ends change: what is under way arrives all the same.
@Tag("host")
@ExtendWith(LabExtension.class)
class RoughPathTest {
    private static final int SOURCE = 7002;
    private static final int SINK = 7003;
    private static final long BULK = 20_000_000;
    private static final long RATE = 100_000_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static Tailscaled peer;
    private static NatBox box;

    /// Behind the box.
    private static RemoraDaemon home;

    private static TcpClient client;

    @BeforeAll
    static void start(Lab lab) {
        Headscale headscale = lab.headscale();
        peer = lab.tailscaled(lab.host("peer"), Tailscaled.Mode.TUN);
        box = lab.nat("box", Mapping.ENDPOINT_INDEPENDENT);
        home = lab.remora(box.host("home"));
        peer.up(headscale);
        home.up(headscale);
        serve(SOURCE, Behaviour.SOURCE);
        serve(SINK, Behaviour.SINK);
        client = new TcpClient(peer.host());
        Ways.awaitDirect(peer, home);
    }

    private static void serve(int port, Behaviour behaviour) {
        TcpServer.start(home.host(), "127.0.0.1", port, behaviour, BULK); // ended with the lab
        home.cli("serve", "--bg", "--tcp=" + port, "tcp://localhost:" + port).orThrow();
    }

    @Test
    void aTransferOutlivesABoxThatForgetsWhoIsBehindIt() {
        home.host().distance(new LinkShape(Duration.ofMillis(1), RATE, 500_000));
        try (var download = client.startGet(home.ip4(), SOURCE, BULK)) {
            download.awaitAtLeast(BULK / 20, Ways.SOON);
            box.restart();
            assertThat(download.outcome(PATIENCE).counts()).isEmpty();
        }
        Ways.awaitDirect(peer, home);
        assertThat(peer.peer("home").orElseThrow().at("CurAddr").text()).matches(".*:2\\d{4}");
    }

    @Test
    void aFifthOfASecondAwayAllOfItArrives() {
        home.host().distance(new LinkShape(Duration.ofMillis(100), RATE, 2_000_000));
        assertThat(client.get(home.ip4(), SOURCE, BULK).counts()).isEmpty();
        assertThat(client.put(home.ip4(), SINK, BULK).counts()).isEmpty();
    }

    @Test
    void packetsThatOvertakeOthersAreNoLoss() {
        home.host().distance(new LinkShape(Duration.ofMillis(5), RATE, 500_000).withDetours(0.1));
        assertThat(client.get(home.ip4(), SOURCE, BULK).counts()).isEmpty();
        assertThat(client.put(home.ip4(), SINK, BULK).counts()).isEmpty();
    }

    @Test
    void aPeerThatWasRestartedIsServedAsBefore() {
        peer.restart();
        peer.awaitRunning();
        assertThat(client.get(home.ip4(), SOURCE, BULK).counts()).isEmpty();
    }
}
