package dev.remora.engine.path;

import static dev.remora.engine.path.SimTailnet.ip;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import dev.remora.sim.Seeds;
import dev.remora.sim.SimHost;
import dev.remora.sim.SimLink;
import dev.remora.sim.SimNat;
import dev.remora.sim.SimNat.Behaviour;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Nodes that look for paths to each other through NATs, firewalls and bad links.
class PathSimulationTest {
    private static final long S = SECONDS.toNanos(1);
    private static final long EVERY = MILLISECONDS.toNanos(100);

    /// The longest silence when a path dies: as long as its last pong vouches for it, and a little for the relay.
    private static final long LONGEST_SILENCE = PeerPaths.TRUST + S;

    static LongStream seeds() {
        return Seeds.some(6, 20);
    }

    static LongStream fewSeeds() {
        return Seeds.some(2, 5);
    }

    // ---- where a direct path exists, it is found

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void twoHomesMeetDirectly(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimPathNode a = tailnet.join(homeHost(tailnet, "203.0.113.1"));
        SimPathNode b = tailnet.join(homeHost(tailnet, "203.0.113.2"));

        talk(tailnet, a, b, 2);

        expectDirect(a, b);
        expectNothingLost(a, b, 2);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void twoFirewalledHostsMeetDirectly(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimPathNode a = tailnet.join(publicHost(tailnet, "198.51.100.1"));
        SimPathNode b = tailnet.join(publicHost(tailnet, "198.51.100.2"));
        a.host.firewall(true);
        b.host.firewall(true);

        talk(tailnet, a, b, 30);

        expectDirect(a, b);
        expectNothingLost(a, b, 30);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anOfficeReachesAnOpenHostDirectly(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimPathNode a = tailnet.join(officeHost(tailnet, "203.0.113.1"));
        SimPathNode b = tailnet.join(publicHost(tailnet, "198.51.100.2"));

        talk(tailnet, a, b, 30);

        expectDirect(a, b);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anOfficeReachesAHomeThatLooksAtAddressesOnly(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimNat lenient =
                new SimNat(
                        tailnet.network.internet(),
                        ip("203.0.113.2"),
                        SimLink.millis(5),
                        Behaviour.ENDPOINT_INDEPENDENT,
                        Behaviour.ADDRESS_DEPENDENT);
        SimPathNode a = tailnet.join(officeHost(tailnet, "203.0.113.1"));
        SimPathNode b =
                tailnet.join(
                        new SimHost("b", lenient.inside(), SimLink.millis(1), ip("192.168.1.2")));

        talk(tailnet, a, b, 30);

        expectDirect(a, b);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void twoHostsOfOneHomeMeetWithinIt(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimNat router = home(tailnet, "203.0.113.1");
        SimPathNode a =
                tailnet.join(
                        new SimHost("a", router.inside(), SimLink.millis(1), ip("192.168.1.2")));
        SimPathNode b =
                tailnet.join(
                        new SimHost("b", router.inside(), SimLink.millis(1), ip("192.168.1.3")));

        talk(tailnet, a, b, 30);

        assertThat(a.directAddress(b)).hasToString("Optional[192.168.1.3:41641]");
        assertThat(b.directAddress(a)).hasToString("Optional[192.168.1.2:41641]");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void ipv6WinsWhereBothFamiliesWork(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimPathNode a = tailnet.join(publicHost(tailnet, "198.51.100.1", "2001:db8::1"));
        SimPathNode b = tailnet.join(publicHost(tailnet, "198.51.100.2", "2001:db8::2"));

        talk(tailnet, a, b, 30);

        assertThat(a.directAddress(b)).hasToString("Optional[[2001:db8::2]:41641]");
    }

    // ---- where none exists, the relay does

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void twoOfficesStayOnTheRelay(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimPathNode a = tailnet.join(officeHost(tailnet, "203.0.113.1"));
        SimPathNode b = tailnet.join(officeHost(tailnet, "203.0.113.2"));

        talk(tailnet, a, b, 120);

        assertThat(a.directTo(b)).isFalse();
        assertThat(b.directTo(a)).isFalse();
        expectNothingLost(a, b, 120);
        expectNoStorm(a, 120);
        expectNoStorm(b, 120);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aHostWithoutUdpStaysOnTheRelay(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimPathNode a = tailnet.join(publicHost(tailnet, "198.51.100.1"));
        SimPathNode b = tailnet.join(publicHost(tailnet, "198.51.100.2"));
        b.host.blockUdp(true);

        talk(tailnet, a, b, 60);

        assertThat(a.directTo(b)).isFalse();
        expectNothingLost(a, b, 60);
        expectNoStorm(a, 60);
    }

    // ---- moving between the two

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void movesToADirectPathAndBackWithoutLosingMoreThanTrustAllows(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimPathNode a = tailnet.join(homeHost(tailnet, "203.0.113.1"));
        SimPathNode b = tailnet.join(publicHost(tailnet, "198.51.100.2"));
        b.host.blockUdp(true);
        talk(tailnet, a, b, 20);
        assertThat(a.directTo(b)).isFalse();

        b.host.blockUdp(false);
        talk(tailnet, a, b, 30);
        expectDirect(a, b);
        expectNothingLost(a, b, 30);

        b.host.blockUdp(true);
        talk(tailnet, a, b, 30);
        assertThat(a.directTo(b)).isFalse();
        assertThat(b.directTo(a)).isFalse();
        expectSilenceShorterThan(LONGEST_SILENCE, a, b);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void survivesARouterThatForgetsEverything(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimNat router = home(tailnet, "203.0.113.1");
        SimPathNode a =
                tailnet.join(
                        new SimHost("a", router.inside(), SimLink.millis(1), ip("192.168.1.2")));
        SimPathNode b = tailnet.join(homeHost(tailnet, "203.0.113.2"));
        talk(tailnet, a, b, 30);
        expectDirect(a, b);

        router.reboot();
        talk(tailnet, a, b, 60);

        expectDirect(a, b);
        expectSilenceShorterThan(LONGEST_SILENCE, a, b);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void roamsToAnotherNetwork(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimPathNode a = tailnet.join(homeHost(tailnet, "203.0.113.1"));
        SimPathNode b = tailnet.join(publicHost(tailnet, "198.51.100.2"));
        talk(tailnet, a, b, 20);
        expectDirect(a, b);

        a.host.moveTo(home(tailnet, "203.0.113.77").inside(), ip("10.0.0.9"));
        a.linkChanged();
        talk(tailnet, a, b, 30);

        expectDirect(a, b);
        assertThat(b.directAddress(a).orElseThrow().ip()).isEqualTo(ip("203.0.113.77"));
        expectSilenceShorterThan(LONGEST_SILENCE, a, b);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void findsAPeerAgainThatRestarted(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimPathNode a = tailnet.join(homeHost(tailnet, "203.0.113.1"));
        SimPathNode b = tailnet.join(homeHost(tailnet, "203.0.113.2"));
        talk(tailnet, a, b, 20);
        expectDirect(a, b);

        b.restart();
        talk(tailnet, a, b, 30);

        assertThat(a.events(PathOutput.PeerRestarted.class))
                .containsExactly(new PathOutput.PeerRestarted(b.key));
        expectDirect(a, b);
        expectSilenceShorterThan(2 * S, a, b);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void comesBackAfterAMinuteWithoutNetwork(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimPathNode a = tailnet.join(homeHost(tailnet, "203.0.113.1"));
        SimPathNode b = tailnet.join(homeHost(tailnet, "203.0.113.2"));
        talk(tailnet, a, b, 20);
        a.host.cut(true);
        talk(tailnet, a, b, 60);
        assertThat(a.from(b).packets()).isLessThan(5);

        a.host.cut(false);
        talk(tailnet, a, b, 40);

        expectDirect(a, b);
        expectSilenceShorterThan(S, a, b);
    }

    // ---- bad links

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void lossyAndLateLinksStillCarryADirectPath(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimPathNode a = tailnet.join(homeHost(tailnet, "203.0.113.1"));
        SimPathNode b = tailnet.join(publicHost(tailnet, "198.51.100.2"));
        b.host.link(SimLink.millis(150).withJitter(200).withLoss(0.2));

        talk(tailnet, a, b, 120);

        assertThat(b.from(a).packets()).isGreaterThan(800);
        assertThat(b.from(a).direct).isGreaterThan(500);
        expectSilenceShorterThan(5 * S, a, b);
        expectNoStorm(a, 120);
    }

    // ---- rest

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void fallsSilentWhenNobodySends(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimPathNode a = tailnet.join(homeHost(tailnet, "203.0.113.1"));
        SimPathNode b = tailnet.join(homeHost(tailnet, "203.0.113.2"));
        talk(tailnet, a, b, 20);
        tailnet.network.runUntil(tailnet.network.now() + 60 * S);
        a.clearCounts();
        b.clearCounts();
        tailnet.network.runUntil(tailnet.network.now() + 600 * S);

        assertThat(a.discoSent()).isZero();
        assertThat(b.discoSent()).isZero();

        talk(tailnet, a, b, 20);
        expectDirect(a, b);
        expectNothingLost(a, b, 20);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aDirectPathCostsFewMessages(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimPathNode a = tailnet.join(homeHost(tailnet, "203.0.113.1"));
        SimPathNode b = tailnet.join(homeHost(tailnet, "203.0.113.2"));
        talk(tailnet, a, b, 20);

        talk(tailnet, a, b, 300);

        // per heartbeat one ping and the answer to the other's, and a search every minute
        assertThat(a.discoSent()).isLessThan(300 / 3 * 2 + 5 * 12);
        assertThat(b.from(a).copies).isEqualTo(b.from(a).packets());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aUserPingGoesDirectAfterAFewTries(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        SimPathNode a = tailnet.join(homeHost(tailnet, "203.0.113.1"));
        SimPathNode b = tailnet.join(homeHost(tailnet, "203.0.113.2"));
        tailnet.network.runUntil(2 * S);
        for (int i = 0; i < 10; i++) {
            a.ping(b, i);
            tailnet.network.runUntil(tailnet.network.now() + S);
        }

        var answers = a.events(PathOutput.PingAnswered.class);
        assertThat(answers).hasSize(10);
        assertThat(answers.getFirst().path()).isInstanceOf(PeerPath.Relayed.class);
        assertThat(answers.getLast().path()).isInstanceOf(PeerPath.Direct.class);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("fewSeeds")
    void aDozenNodesOfAllKindsAllReachEachOther(long seed) {
        SimTailnet tailnet = new SimTailnet(seed);
        for (int i = 1; i <= 4; i++) {
            tailnet.join(homeHost(tailnet, "203.0.113." + i));
            tailnet.join(officeHost(tailnet, "203.0.113." + (100 + i)));
            tailnet.join(publicHost(tailnet, "198.51.100." + i));
        }
        tailnet.nodes().forEach(node -> node.host.link(node.host.link().withLoss(0.02)));
        tailnet.network.runUntil(S);
        long until = tailnet.network.now() + 60 * S;
        for (SimPathNode from : tailnet.nodes()) {
            for (SimPathNode to : tailnet.nodes()) {
                if (from != to) {
                    from.talkTo(to, EVERY, until);
                }
            }
        }
        tailnet.network.runUntil(until + S);

        int direct = 0;
        for (SimPathNode from : tailnet.nodes()) {
            for (SimPathNode to : tailnet.nodes()) {
                if (from != to) {
                    assertThat(to.from(from).packets()).isGreaterThan(500);
                    direct += to.from(from).direct > 400 ? 1 : 0;
                }
            }
        }
        // all pairs but office with office (12 ways) and office with home (32 ways)
        assertThat(direct).isEqualTo(12 * 11 - 12 - 32);
    }

    // ---- what the tests above are told with

    private static SimNat home(SimTailnet tailnet, String address) {
        return SimNat.home(tailnet.network.internet(), ip(address), SimLink.millis(10));
    }

    private static SimHost homeHost(SimTailnet tailnet, String address) {
        return new SimHost(
                address, home(tailnet, address).inside(), SimLink.millis(1), ip("192.168.1.2"));
    }

    private static SimHost officeHost(SimTailnet tailnet, String address) {
        SimNat office = SimNat.office(tailnet.network.internet(), ip(address), SimLink.millis(5));
        return new SimHost(address, office.inside(), SimLink.millis(1), ip("10.20.0.2"));
    }

    private static SimHost publicHost(SimTailnet tailnet, String... addresses) {
        return new SimHost(
                addresses[0],
                tailnet.network.internet(),
                SimLink.millis(8),
                Arrays.stream(addresses).map(SimTailnet::ip).toArray(IpAddress[]::new));
    }

    /// Both send ten packets a second, and everything is counted anew.
    private static void talk(SimTailnet tailnet, SimPathNode a, SimPathNode b, int seconds) {
        if (tailnet.network.now() == 0) {
            tailnet.network.runUntil(S);
        }
        a.clearCounts();
        b.clearCounts();
        long until = tailnet.network.now() + seconds * S;
        a.from(b).lastAt = tailnet.network.now();
        b.from(a).lastAt = tailnet.network.now();
        a.talkTo(b, EVERY, until);
        b.talkTo(a, EVERY, until);
        tailnet.network.runUntil(until);
    }

    private static void expectDirect(SimPathNode a, SimPathNode b) {
        assertThat(a.directTo(b)).as("a is direct to b").isTrue();
        assertThat(b.directTo(a)).as("b is direct to a").isTrue();
    }

    private static void expectNothingLost(SimPathNode a, SimPathNode b, int seconds) {
        // the last packets may still be on their way
        assertThat(a.from(b).packets()).isBetween(seconds * 10 - 3, seconds * 10);
        assertThat(b.from(a).packets()).isBetween(seconds * 10 - 3, seconds * 10);
    }

    private static void expectSilenceShorterThan(long longest, SimPathNode a, SimPathNode b) {
        assertThat(a.from(b).longestGap).isLessThan(longest);
        assertThat(b.from(a).longestGap).isLessThan(longest);
        assertThat(a.from(b).packets()).isPositive();
        assertThat(b.from(a).packets()).isPositive();
    }

    /// While no path is found: a ping per candidate and a call-me-maybe every five seconds, the same again in answer
    /// to the other's call, and pongs for what gets through.
    private static void expectNoStorm(SimPathNode node, int seconds) {
        assertThat(node.discoSent()).isLessThan(seconds / 5 * 20);
    }
}
