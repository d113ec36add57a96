package dev.remora.engine;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.engine.netstack.StreamHandler;
import dev.remora.engine.netstack.TcpStream;
import dev.remora.engine.path.PeerPath;
import dev.remora.proto.tcp.TcpEvent;
import dev.remora.sim.SimHost;
import dev.remora.sim.SimLink;
import dev.remora.sim.SimNat;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole tailnets in one thread and virtual time: engines, relay, NATs and bad links together.
class TailnetSimulationTest {
    private static final int FIRST_PORT = 80;
    private int transfers;

    private Transfer transfer(
            SimTailnet tailnet, SimNode client, SimNode server, int size, long seed) {
        return new Transfer(tailnet, client, server, FIRST_PORT + transfers++, size, seed);
    }

    /// A node on the Internet itself, ten milliseconds from its middle.
    private static SimNode joinOpen(SimTailnet tailnet, int number) throws Exception {
        return tailnet.join(number, openHost(tailnet, number));
    }

    private static SimHost openHost(SimTailnet tailnet, int number) throws Exception {
        return host(tailnet, "198.51.100." + (10 + number), SimLink.millis(10));
    }

    private static SimNode joinBehind(SimTailnet tailnet, int number, SimNat router)
            throws Exception {
        return tailnet.join(
                number,
                new SimHost(
                        "n" + number, router.inside(), SimLink.millis(1), address("192.168.1.2")));
    }

    private static void expectAnswer(SimNode from, IpAddress to, long until) {
        assertThat(from.tsmpPing(to, until)).get().isInstanceOf(PingResult.Answered.class);
    }

    private static IpAddress address(String text) throws Exception {
        return IpAddress.parse(text);
    }

    private static SimHost host(SimTailnet tailnet, String ip, SimLink link) throws Exception {
        return new SimHost(ip, tailnet.network.internet(), link, address(ip));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void twoNodesOnTheInternetTalkDirectly(long seed) throws Exception {
        SimTailnet tailnet = new SimTailnet(seed);
        SimNode a = joinOpen(tailnet, 1);
        SimNode b = joinOpen(tailnet, 2);
        tailnet.network.runUntil(SECONDS.toNanos(2));

        expectAnswer(a, SimTailnet.v4(2), SECONDS.toNanos(5));
        tailnet.network.runUntil(SECONDS.toNanos(6));
        assertThat(a.pathTo(b)).get().isInstanceOf(PeerPath.Direct.class);
        expectAnswer(a, SimTailnet.v6(2), SECONDS.toNanos(8));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void nodesBehindHomeRoutersMeetDirectly(long seed) throws Exception {
        SimTailnet tailnet = new SimTailnet(seed);
        SimNat left =
                SimNat.home(tailnet.network.internet(), address("203.0.113.1"), SimLink.millis(10));
        SimNat right =
                SimNat.home(tailnet.network.internet(), address("203.0.113.2"), SimLink.millis(10));
        SimNode a = joinBehind(tailnet, 1, left);
        SimNode b = joinBehind(tailnet, 2, right);
        tailnet.network.runUntil(SECONDS.toNanos(3));

        Transfer transfer = transfer(tailnet, a, b, 2_000_000, seed);
        transfer.finish(SECONDS.toNanos(60));
        assertThat(a.pathTo(b)).get().isInstanceOf(PeerPath.Direct.class);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void withUdpBlockedEverythingGoesThroughTheRelay(long seed) throws Exception {
        SimTailnet tailnet = new SimTailnet(seed);
        SimHost blocked = openHost(tailnet, 1);
        blocked.blockUdp(true);
        SimNode a = tailnet.join(1, blocked);
        SimNode b = joinOpen(tailnet, 2);
        tailnet.network.runUntil(SECONDS.toNanos(8));

        transfer(tailnet, a, b, 500_000, seed).finish(SECONDS.toNanos(60));
        assertThat(a.engine.status(b.key(), a.now()).path())
                .hasValueSatisfying(path -> {
                    assertThat(path.direct()).isEmpty();
                    assertThat(path.relay()).hasValue(SimNode.REGION);
                });
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aTransferSurvivesBothWaysOfMigration(long seed) throws Exception {
        SimTailnet tailnet = new SimTailnet(seed);
        SimHost mobile =
                host(tailnet, "198.51.100.11", SimLink.millis(20).withLoss(0.005).withJitter(3));
        SimNode a = tailnet.join(1, mobile);
        SimNode b = joinOpen(tailnet, 2);
        tailnet.network.runUntil(SECONDS.toNanos(3));

        Transfer transfer = transfer(tailnet, b, a, 8_000_000, seed);
        tailnet.network.after(SECONDS.toNanos(2), () -> mobile.blockUdp(true));
        tailnet.network.after(SECONDS.toNanos(20), () -> mobile.blockUdp(false));
        transfer.finish(SECONDS.toNanos(400));
    }

    @Test
    void aConnectionLivesThroughAMinuteWithoutNetwork() throws Exception {
        SimTailnet tailnet = new SimTailnet(1);
        SimHost mobile = host(tailnet, "198.51.100.11", SimLink.millis(20));
        SimNode a = tailnet.join(1, mobile);
        SimNode b = joinOpen(tailnet, 2);
        tailnet.network.runUntil(SECONDS.toNanos(3));

        Transfer transfer = transfer(tailnet, a, b, 8_000_000, 1);
        tailnet.network.after(SECONDS.toNanos(1), () -> mobile.cut(true));
        tailnet.network.after(SECONDS.toNanos(61), () -> mobile.cut(false));
        transfer.finish(SECONDS.toNanos(300));
    }

    @Test
    void aPeerThatRestartsIsReachedAgainWithinSeconds() throws Exception {
        SimTailnet tailnet = new SimTailnet(1);
        SimNode a = joinOpen(tailnet, 1);
        SimHost second = openHost(tailnet, 2);
        SimNode b = tailnet.join(2, second);
        tailnet.network.runUntil(SECONDS.toNanos(3));
        expectAnswer(a, SimTailnet.v4(2), SECONDS.toNanos(5));

        b.stop();
        tailnet.join(2, second);
        tailnet.network.runUntil(SECONDS.toNanos(7));
        expectAnswer(a, SimTailnet.v4(2), SECONDS.toNanos(12));
    }

    /// Control says nothing after the restart, and the peer learns of it only by what the restarted node does.
    @Test
    void whoRestartsWithItsKeysAndItsMapIsReachedAtOnce() throws Exception {
        SimTailnet tailnet = new SimTailnet(1);
        SimNode a = joinOpen(tailnet, 1);
        SimNode b = joinOpen(tailnet, 2);
        tailnet.network.runUntil(SECONDS.toNanos(3));
        expectAnswer(a, SimTailnet.v4(2), SECONDS.toNanos(5));

        long restart = a.now();
        b.restart();
        tailnet.network.runUntil(restart + MILLISECONDS.toNanos(300));
        expectAnswer(a, SimTailnet.v4(2), restart + MILLISECONDS.toNanos(500));
    }

    /// The one who arrives speaks first: a peer that calls right then finds a session, and need not repeat its handshake after five seconds.
    @Test
    void whoArrivesIsReachedAtOnce() throws Exception {
        SimTailnet tailnet = new SimTailnet(1);
        SimNode a = joinOpen(tailnet, 1);
        tailnet.network.runUntil(SECONDS.toNanos(3));
        SimNode b = joinOpen(tailnet, 2);
        tailnet.network.runUntil(() -> b.engine.netMap().isPresent(), SECONDS.toNanos(4));
        b.engine.onHomeRelayConnected(b.now());
        b.finish();
        tailnet.network.runUntil(SECONDS.toNanos(4));
        assertThat(a.engine.status(b.key(), a.now()).tunnel())
                .hasValueSatisfying(tunnel -> assertThat(tunnel.canSend()).isTrue());
        assertThat(b.engine.traffic().sentPackets().values().stream().mapToLong(n -> n).sum())
                .isLessThan(10);
    }

    @Test
    void whoTheFilterDeniesIsDeniedAndHealsAgain() throws Exception {
        SimTailnet tailnet = new SimTailnet(1);
        SimNode a = joinOpen(tailnet, 1);
        SimNode b = joinOpen(tailnet, 2);
        tailnet.network.runUntil(SECONDS.toNanos(3));
        transfer(tailnet, a, b, 1_000, 1).finish(SECONDS.toNanos(10));

        tailnet.filter("");
        tailnet.network.runUntil(SECONDS.toNanos(11));
        Ending denied = new Ending();
        a.engine.stack().connect(new IpPort(SimTailnet.v4(2), 81), b.key(), denied, a.now());
        a.finish();
        tailnet.network.runUntil(SECONDS.toNanos(12));
        assertThat(denied.closed)
                .hasValueSatisfying(
                        closed -> assertThat(closed.reason()).isEqualTo(TcpEvent.Reason.FORBIDDEN));

        tailnet.filter(
                "{\"SrcIPs\":[\"100.64.0.1\"],\"DstPorts\":[{\"IP\":\"100.64.0.2\",\"Ports\":{\"First\":81,\"Last\":81}}]}");
        tailnet.network.runUntil(SECONDS.toNanos(13));
        transfer(tailnet, a, b, 1_000, 2).finish(SECONDS.toNanos(60));
    }

    @Test
    void aPortNobodyServesRefusesAtOnce() throws Exception {
        SimTailnet tailnet = new SimTailnet(1);
        SimNode a = joinOpen(tailnet, 1);
        SimNode b = joinOpen(tailnet, 2);
        tailnet.network.runUntil(SECONDS.toNanos(3));
        Ending ending = new Ending();
        a.engine.stack().connect(new IpPort(SimTailnet.v4(2), 99), b.key(), ending, a.now());
        a.finish();
        tailnet.network.runUntil(SECONDS.toNanos(5));
        assertThat(ending.closed)
                .hasValueSatisfying(
                        closed -> assertThat(closed.reason()).isEqualTo(TcpEvent.Reason.REFUSED));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12})
    void tenNodesInAllKindsOfNetworksReachEachOther(long seed) throws Exception {
        SimTailnet tailnet = new SimTailnet(seed);
        SimNode[] nodes = new SimNode[10];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = tailnet.join(i + 1, anyHost(tailnet, i));
        }
        tailnet.network.runUntil(SECONDS.toNanos(10));
        for (int from = 0; from < nodes.length; from++) {
            for (int to = 0; to < nodes.length; to++) {
                if (from != to) {
                    assertThat(answersOneOfThree(tailnet, nodes[from], to + 1))
                            .as("%d to %d", from + 1, to + 1)
                            .isTrue();
                }
            }
        }
    }

    /// Links lose packets, and a ping is one.
    private static boolean answersOneOfThree(SimTailnet tailnet, SimNode from, int to) {
        for (int i = 0; i < 3; i++) {
            long until = tailnet.network.now() + SECONDS.toNanos(20);
            if (from.tsmpPing(SimTailnet.v4(to), until).orElseThrow()
                    instanceof PingResult.Answered) {
                return true;
            }
        }
        return false;
    }

    private static SimHost anyHost(SimTailnet tailnet, int i) throws Exception {
        SimLink link = SimLink.millis(5 + i).withLoss(0.01).withJitter(2);
        return switch (i % 4) {
            case 0 -> host(tailnet, "198.51.100." + (100 + i), link);
            case 1 ->
                    new SimHost(
                            "n" + i,
                            SimNat.home(tailnet.network.internet(), address("203.0.113." + i), link)
                                    .inside(),
                            SimLink.millis(1),
                            address("192.168.1.2"));
            case 2 ->
                    new SimHost(
                            "n" + i,
                            SimNat.office(
                                            tailnet.network.internet(),
                                            address("203.0.113." + i),
                                            link)
                                    .inside(),
                            SimLink.millis(1),
                            address("10.0.0.2"));
            default -> {
                SimHost blocked = host(tailnet, "198.51.100." + (100 + i), link);
                blocked.blockUdp(true);
                yield blocked;
            }
        };
    }

    private static final class Ending implements StreamHandler {
        private Optional<TcpEvent.Closed> closed = Optional.empty();

        @Override
        public void onPayload(TcpStream stream, ByteBuffer payload) {}

        @Override
        public void onEvent(TcpStream stream, TcpEvent event) {
            if (event instanceof TcpEvent.Closed end) {
                closed = Optional.of(end);
            }
        }
    }
}
