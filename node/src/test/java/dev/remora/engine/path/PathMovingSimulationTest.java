package dev.remora.engine.path;

import static dev.remora.engine.path.SimTailnet.ip;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sim.SimHost;
import dev.remora.sim.SimLink;
import dev.remora.sim.SimNat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Networks that change, that are bad, and that rest.
class PathMovingSimulationTest extends PathSimulation {
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void movesToADirectPathAndBackWithoutLosingMoreThanTrustAllows(long seed) {
        tailnet = new SimTailnet(seed);
        a = tailnet.join(homeHost("203.0.113.1"));
        b = tailnet.join(publicHost("198.51.100.2"));
        b.host.blockUdp(true);
        talk(20);
        assertThat(a.directTo(b)).isFalse();

        b.host.blockUdp(false);
        talk(30);
        expectDirect();
        expectNothingLost(30);

        b.host.blockUdp(true);
        talk(30);
        assertThat(a.directTo(b)).isFalse();
        assertThat(b.directTo(a)).isFalse();
        expectSilenceShorterThan(LONGEST_SILENCE);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void survivesARouterThatForgetsEverything(long seed) {
        tailnet = new SimTailnet(seed);
        SimNat router = home("203.0.113.1");
        a = tailnet.join(new SimHost("a", router.inside(), SimLink.millis(1), ip("192.168.1.2")));
        b = tailnet.join(homeHost("203.0.113.2"));
        talk(30);
        expectDirect();

        router.reboot();
        talk(60);

        expectDirect();
        expectSilenceShorterThan(LONGEST_SILENCE);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void roamsToAnotherNetwork(long seed) {
        tailnet = new SimTailnet(seed);
        a = tailnet.join(homeHost("203.0.113.1"));
        b = tailnet.join(publicHost("198.51.100.2"));
        talk(20);
        expectDirect();

        a.host.moveTo(home("203.0.113.77").inside(), ip("10.0.0.9"));
        a.linkChanged();
        talk(30);

        expectDirect();
        assertThat(b.directAddress(a).orElseThrow().ip()).isEqualTo(ip("203.0.113.77"));
        expectSilenceShorterThan(LONGEST_SILENCE);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void findsAPeerAgainThatRestarted(long seed) {
        tailnet = new SimTailnet(seed);
        a = tailnet.join(homeHost("203.0.113.1"));
        b = tailnet.join(homeHost("203.0.113.2"));
        talk(20);
        expectDirect();

        b.restart();
        talk(30);

        assertThat(a.events(PathOutput.PeerRestarted.class))
                .containsExactly(new PathOutput.PeerRestarted(b.key));
        expectDirect();
        expectSilenceShorterThan(2 * S);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void comesBackAfterAMinuteWithoutNetwork(long seed) {
        tailnet = new SimTailnet(seed);
        a = tailnet.join(homeHost("203.0.113.1"));
        b = tailnet.join(homeHost("203.0.113.2"));
        talk(20);
        a.host.cut(true);
        talk(60);
        assertThat(a.from(b).packets()).isLessThan(5);

        a.host.cut(false);
        talk(40);

        expectDirect();
        expectSilenceShorterThan(S);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void lossyAndLateLinksStillCarryADirectPath(long seed) {
        tailnet = new SimTailnet(seed);
        a = tailnet.join(homeHost("203.0.113.1"));
        b = tailnet.join(publicHost("198.51.100.2"));
        b.host.link(SimLink.millis(150).withJitter(200).withLoss(0.2));

        talk(120);

        assertThat(b.from(a).packets()).isGreaterThan(800);
        assertThat(b.from(a).direct).isGreaterThan(500);
        expectSilenceShorterThan(5 * S);
        expectNoStorm(a, 120);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void fallsSilentWhenNobodySends(long seed) {
        tailnet = new SimTailnet(seed);
        a = tailnet.join(homeHost("203.0.113.1"));
        b = tailnet.join(homeHost("203.0.113.2"));
        talk(20);
        tailnet.network.runUntil(tailnet.network.now() + 60 * S);
        a.clearCounts();
        b.clearCounts();
        tailnet.network.runUntil(tailnet.network.now() + 600 * S);

        assertThat(a.discoSent()).isZero();
        assertThat(b.discoSent()).isZero();

        talk(20);
        expectDirect();
        expectNothingLost(20);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aDirectPathCostsFewMessages(long seed) {
        tailnet = new SimTailnet(seed);
        a = tailnet.join(homeHost("203.0.113.1"));
        b = tailnet.join(homeHost("203.0.113.2"));
        talk(20);

        talk(300);

        // per heartbeat one ping and the answer to the other's, and a search every minute
        assertThat(a.discoSent()).isLessThan(300 / 3 * 2 + 5 * 12);
        assertThat(b.from(a).copies).isEqualTo(b.from(a).packets());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aUserPingGoesDirectAfterAFewTries(long seed) {
        tailnet = new SimTailnet(seed);
        a = tailnet.join(homeHost("203.0.113.1"));
        b = tailnet.join(homeHost("203.0.113.2"));
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
        tailnet = new SimTailnet(seed);
        for (int i = 1; i <= 4; i++) {
            tailnet.join(homeHost("203.0.113." + i));
            tailnet.join(officeHost("203.0.113." + (100 + i)));
            tailnet.join(publicHost("198.51.100." + i));
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
}
