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
import java.util.Arrays;
import java.util.stream.LongStream;

/// Two nodes on simulated networks, and what the tests of finding and of moving paths ask of them.
abstract class PathSimulation {
    static final long S = SECONDS.toNanos(1);
    static final long EVERY = MILLISECONDS.toNanos(100);

    /// The longest silence when a path dies: as long as its last pong vouches for it, and a little for the relay.
    static final long LONGEST_SILENCE = PeerPaths.TRUST + S;

    SimTailnet tailnet;
    SimPathNode a;
    SimPathNode b;

    static LongStream seeds() {
        return Seeds.some(6, 20);
    }

    static LongStream fewSeeds() {
        return Seeds.some(2, 5);
    }

    SimNat home(String address) {
        return SimNat.home(tailnet.network.internet(), ip(address), SimLink.millis(10));
    }

    SimHost homeHost(String address) {
        return new SimHost(address, home(address).inside(), SimLink.millis(1), ip("192.168.1.2"));
    }

    SimHost officeHost(String address) {
        SimNat office = SimNat.office(tailnet.network.internet(), ip(address), SimLink.millis(5));
        return new SimHost(address, office.inside(), SimLink.millis(1), ip("10.20.0.2"));
    }

    SimHost publicHost(String... addresses) {
        return new SimHost(
                addresses[0],
                tailnet.network.internet(),
                SimLink.millis(8),
                Arrays.stream(addresses).map(SimTailnet::ip).toArray(IpAddress[]::new));
    }

    /// Both send ten packets a second, and everything is counted anew.
    void talk(int seconds) {
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

    void expectDirect() {
        assertThat(a.directTo(b)).as("a is direct to b").isTrue();
        assertThat(b.directTo(a)).as("b is direct to a").isTrue();
    }

    void expectNothingLost(int seconds) {
        // the last packets may still be on their way
        assertThat(a.from(b).packets()).isBetween(seconds * 10 - 3, seconds * 10);
        assertThat(b.from(a).packets()).isBetween(seconds * 10 - 3, seconds * 10);
    }

    void expectSilenceShorterThan(long longest) {
        assertThat(a.from(b).longestGap).isLessThan(longest);
        assertThat(b.from(a).longestGap).isLessThan(longest);
        assertThat(a.from(b).packets()).isPositive();
        assertThat(b.from(a).packets()).isPositive();
    }

    /// While no path is found: a ping per candidate and a call-me-maybe every five seconds, the same again in answer
    /// to the other's call, and pongs for what gets through.
    static void expectNoStorm(SimPathNode node, int seconds) {
        assertThat(node.discoSent()).isLessThan(seconds / 5 * 20);
    }
}
