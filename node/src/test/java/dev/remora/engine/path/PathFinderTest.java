package dev.remora.engine.path;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.remora.base.Bytes32;
import dev.remora.base.IpPort;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.proto.disco.DiscoMessage;
import dev.remora.proto.disco.DiscoMessage.CallMeMaybe;
import dev.remora.proto.disco.DiscoMessage.Ping;
import dev.remora.proto.disco.DiscoMessage.Pong;
import dev.remora.proto.disco.TxId;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PathFinderTest {
    private static final DerpRegionId REGION = new DerpRegionId(7);
    private static final IpPort A = TestPeer.address("192.0.2.1:41641");
    private static final IpPort B = TestPeer.address("192.0.2.2:41641");
    private static final IpPort ELSEWHERE = TestPeer.address("198.51.100.9:999");
    private static final IpPort OWN = TestPeer.address("203.0.113.5:5000");
    private static final NodeKey SELF = new NodeKey(new Bytes32(1, 2, 3, 4));
    private static final PathChoice VIA_RELAY = new PathChoice.Relayed(REGION);
    private static final long MS = MILLISECONDS.toNanos(1);
    private static final long S = SECONDS.toNanos(1);

    private final DiscoPrivateKey disco = DiscoPrivateKey.generate(new Random(0));
    private final PathFinder finder = new PathFinder(disco, SELF, new Random(1));
    private final TestPeer peer = new TestPeer(5, disco.publicKey());
    private final List<PathOutput> out = new ArrayList<>();
    private long now;

    @BeforeEach
    void knowsWhereWeAre() {
        finder.onStunEndpoints(List.of(OWN), false, 0, out::add);
        finder.onPeerChanged(peer.told(7, A.toString()), 0, out::add);
        out.clear();
        finder.onStunEndpoints(List.of(OWN), false, 0, out::add);
    }

    // ---- from the first packet to a direct path

    @Test
    void firstPacketGoesThroughTheRelayAndStartsTheSearch() {
        assertThat(route()).isEqualTo(VIA_RELAY);

        assertThat(pings()).containsExactly(A);
        assertThat(calls()).containsExactly(new CallMeMaybe(List.of(OWN)));
        Ping ping = lastPing(A);
        assertThat(ping.nodeKey()).contains(SELF);
        assertThat(ping.padding()).isZero();
    }

    @Test
    void aPongMakesThePathDirectForSixAndAHalfSeconds() {
        goDirect();

        assertThat(out)
                .contains(
                        new PathOutput.PathChanged(peer.key, Optional.of(new PeerPath.Direct(A))));
        now += 6500 * MS;
        assertThat(route()).isEqualTo(new PathChoice.Direct(A));
        now += 1;
        assertThat(route()).isEqualTo(new PathChoice.Both(A, REGION));
    }

    @Test
    void theLatencyIsThatOfTheAddressPingedWhereverThePongComesFrom() {
        route();
        Ping ping = lastPing(A);
        now += 12 * MS;
        receive(ELSEWHERE, new Pong(ping.txId(), OWN));

        assertThat(route()).isEqualTo(new PathChoice.Direct(A));
        assertThat(status().latency()).hasValue(12 * MS);
        assertThat(finder.peerAt(ELSEWHERE)).contains(peer.key);
    }

    @Test
    void aPongThatAnswersNoPingChangesNothing() {
        route();
        receive(A, new Pong(new TxId(1, 2), OWN));

        assertThat(route()).isEqualTo(VIA_RELAY);
        assertThat(dropped()).containsExactly("disco pong without a ping");
    }

    @Test
    void aPongCountsOnce() {
        goDirect();
        Ping answered = lastPing(A);
        now += 6 * S;
        receive(A, new Pong(answered.txId(), OWN));
        now += 1 * S;

        assertThat(route()).isEqualTo(new PathChoice.Both(A, REGION));
    }

    @Test
    void aPongOfAnotherPeerDoesNotCount() {
        TestPeer other = new TestPeer(6, disco.publicKey());
        finder.onPeerChanged(other.told(7, B.toString()), now, out::add);
        route();
        finder.onDisco(
                new PathSource.Direct(A),
                other.seal(new Pong(lastPing(A).txId(), OWN)),
                now,
                out::add);

        assertThat(route()).isEqualTo(VIA_RELAY);
    }

    @Test
    void aPongOverTheRelayDoesNotAnswerADirectPing() {
        route();
        Ping ping = lastPing(A);
        receiveRelayed(new Pong(ping.txId(), OWN));

        assertThat(route()).isEqualTo(VIA_RELAY);
    }

    // ---- keeping it

    @Test
    void heartbeatsKeepAPathThatIsUsed() {
        goDirect();
        for (int second = 0; second < 60; second++) {
            now += S;
            fireTimers();
            answerPings();
            assertThat(route()).isEqualTo(new PathChoice.Direct(A));
        }

        assertThat(pings()).hasSize(1 + 20);
    }

    @Test
    void heartbeatsEnd45SecondsAfterTheLastPacket() {
        goDirect();
        out.clear();
        for (int second = 0; second < 300; second++) {
            now += S;
            fireTimers();
            answerPings();
        }

        assertThat(pings()).hasSize(15);
        assertThat(finder.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        assertThat(status().active()).isFalse();
    }

    @Test
    void whatOnlyComesInKeepsNoHeartbeatAlive() {
        for (int i = 0; i < 10; i++) {
            finder.onReceived(peer.key, new PathSource.Direct(A), now += S);
        }
        runUntil(now + 60 * S);

        assertThat(pings()).isEmpty();
        assertThat(status().lastReceivedAt()).hasValue(10 * S);
    }

    @Test
    void searchesForAFasterPathOnceAMinute() {
        finder.onPeerChanged(peer.told(7, A.toString(), B.toString()), now, out::add);
        goDirect();
        out.clear();
        keepBusy(59 * S);
        assertThat(calls()).isEmpty();
        keepBusy(5 * S);

        assertThat(calls()).hasSize(1);
    }

    @Test
    void aPathThatIsFastEnoughIsLeftAlone() {
        route();
        now += 4 * MS;
        answerPings();
        out.clear();
        keepBusy(130 * S);

        assertThat(calls()).isEmpty();
    }

    @Test
    void movesToABetterPath() {
        finder.onPeerChanged(peer.told(7, A.toString(), B.toString()), now, out::add);
        route();
        Ping toB = lastPing(B);
        now += 10 * MS;
        answer(A, lastPing(A));
        assertThat(route()).isEqualTo(new PathChoice.Direct(A));
        now += 1 * MS;
        answer(B, toB);

        assertThat(route()).isEqualTo(new PathChoice.Direct(A));
        out.clear();
        finder.onPeerChanged(peer.told(7, "10.1.1.1:1", A.toString()), now, out::add);
        keepBusy(61 * S);

        assertThat(route()).isEqualTo(new PathChoice.Direct(TestPeer.address("10.1.1.1:1")));
    }

    // ---- losing it

    @Test
    void losesThePathWhenPongsStop() {
        goDirect();
        out.clear();
        List<PathChoice> choices = new ArrayList<>();
        for (int tenth = 0; tenth < 200; tenth++) {
            now += 100 * MS;
            fireTimers();
            PathChoice choice = route();
            if (choices.isEmpty() || !choices.getLast().equals(choice)) {
                choices.add(choice);
            }
        }

        assertThat(choices)
                .containsExactly(
                        new PathChoice.Direct(A), new PathChoice.Both(A, REGION), VIA_RELAY);
        assertThat(out)
                .contains(
                        new PathOutput.PathChanged(
                                peer.key, Optional.of(new PeerPath.Relayed(REGION))));
    }

    @Test
    void aLatePongBringsThePathBack() {
        goDirect();
        now += 7 * S;
        fireTimers();
        assertThat(route()).isEqualTo(new PathChoice.Both(A, REGION));
        answerPings();

        assertThat(route()).isEqualTo(new PathChoice.Direct(A));
    }

    @Test
    void pingsNoAddressMoreOftenThanEveryFiveSecondsWhileSearching() {
        for (int tenth = 0; tenth < 599; tenth++) {
            route();
            now += 100 * MS;
            fireTimers();
        }

        assertThat(pings()).hasSize(12);
        assertThat(calls()).hasSize(12);
    }

    @Test
    void anUnreachableAddressIsLeftAtOnce() {
        goDirect();
        finder.onSendFailed(A, SendFailure.UNREACHABLE, now, out::add);

        assertThat(route()).isEqualTo(VIA_RELAY);
    }

    @Test
    void aBrokenSocketIsReopenedAtMostEveryFiveSeconds() {
        for (int tenth = 0; tenth < 100; tenth++) {
            finder.onSendFailed(A, SendFailure.SOCKET_BROKEN, now, out::add);
            now += 100 * MS;
        }

        assertThat(out).filteredOn(PathOutput.RebindWanted.class::isInstance).hasSize(2);
    }

    @Test
    void aLinkChangeVoidsWhatWasMeasured() {
        goDirect();
        Ping earlier = lastPing(A);
        out.clear();
        finder.onLinkChange(now, out::add);

        assertThat(out).contains(new PathOutput.EndpointsWanted(EndpointSearch.LINK_CHANGE));
        assertThat(route()).isEqualTo(VIA_RELAY);
        assertThat(pings()).containsExactly(A);
        answer(A, earlier);
        assertThat(route()).isEqualTo(VIA_RELAY);
        answerPings();
        assertThat(route()).isEqualTo(new PathChoice.Direct(A));
    }

    @Test
    void anExpiredPeerIsSentNothing() {
        goDirect();
        out.clear();
        PathPeer told = peer.told(7, A.toString());
        finder.onPeerChanged(
                new PathPeer(told.key(), told.disco(), told.home(), told.endpoints(), true),
                now,
                out::add);

        assertThat(route()).isEqualTo(PathChoice.KEY_EXPIRED);
        runUntil(now + 60 * S);
        assertThat(pings()).isEmpty();
    }

    @Test
    void anExpiredPeerIsNotAnswered() {
        PathPeer told = peer.told(7, A.toString());
        finder.onPeerChanged(
                new PathPeer(told.key(), told.disco(), told.home(), told.endpoints(), true),
                now,
                out::add);
        receive(A, new Ping(new TxId(1, 1), Optional.of(peer.key), 0));
        receive(A, new Ping(new TxId(1, 2), Optional.empty(), 0));
        receiveRelayed(new CallMeMaybe(List.of(B)));

        assertThat(out).allMatch(PathOutput.Dropped.class::isInstance).hasSize(3);
    }

    @Test
    void anotherHomeOfARelayedPeerIsAnotherPath() {
        route();
        finder.onPeerChanged(peer.told(8, A.toString()), now, out::add);

        PeerPath there = new PeerPath.Relayed(new DerpRegionId(8));
        assertThat(out).contains(new PathOutput.PathChanged(peer.key, Optional.of(there)));
        assertThat(route()).isEqualTo(new PathChoice.Relayed(new DerpRegionId(8)));
    }

    // ---- other ways to know an address

    @Test
    void aPingIsAnsweredOverTheSamePathAndItsSourceBecomesACandidate() {
        receive(B, new Ping(new TxId(1, 1), Optional.of(peer.key), 0));

        assertThat(sentTo(B)).containsExactly(new Pong(new TxId(1, 1), B));
        assertThat(finder.peerAt(B)).contains(peer.key);
        assertThat(pings()).isEmpty();
        route();
        assertThat(pings()).containsExactly(A, B);
    }

    @Test
    void aPingThroughTheRelayIsAnsweredThroughIt() {
        receiveRelayed(new Ping(new TxId(1, 1), Optional.of(peer.key), 0));

        assertThat(relayed())
                .containsExactly(new Pong(new TxId(1, 1), TestPeer.address("127.3.3.40:7")));
    }

    @Test
    void theSamePingIsAnsweredOnce() {
        receive(B, new Ping(new TxId(1, 1), Optional.of(peer.key), 0));
        receive(B, new Ping(new TxId(1, 1), Optional.of(peer.key), 0));
        receive(A, new Ping(new TxId(1, 1), Optional.of(peer.key), 0));

        assertThat(sentTo(B)).hasSize(1);
        assertThat(sentTo(A)).hasSize(1);
    }

    @Test
    void anAddressKnownFromPingsOnlyIsForgottenAfter45Seconds() {
        receive(B, new Ping(new TxId(1, 1), Optional.of(peer.key), 0));
        now += 45 * S;
        route();
        assertThat(pings()).containsExactly(A, B);
        out.clear();
        now += 5 * S;
        route();

        assertThat(pings()).containsExactly(A);
    }

    @Test
    void aCallMeMaybeMakesUsPingEverythingAtOnceWithoutCallingBack() {
        route();
        out.clear();
        now += 100 * MS;
        receiveRelayed(new CallMeMaybe(List.of(B)));

        assertThat(pings()).containsExactlyInAnyOrder(A, B);
        assertThat(calls()).isEmpty();
    }

    @Test
    void whatTheNextCallMeMaybeDoesNotListIsForgotten() {
        receiveRelayed(new CallMeMaybe(List.of(B)));
        answerPings();
        out.clear();
        now += 10 * S;
        receiveRelayed(new CallMeMaybe(List.of(ELSEWHERE)));

        assertThat(pings()).containsExactlyInAnyOrder(A, ELSEWHERE);
    }

    @Test
    void manyCallsDoNotMakeManyPings() {
        for (int i = 0; i < 1000; i++) {
            now += 10 * MS;
            receiveRelayed(new CallMeMaybe(List.of(B)));
        }

        assertThat(pings()).hasSizeLessThanOrEqualTo(20);
    }

    @Test
    void aCallMeMaybeCountsOnlyThroughARelay() {
        receive(A, new CallMeMaybe(List.of(B)));
        TestPeer liar = new TestPeer(9, disco.publicKey());
        finder.onDisco(
                new PathSource.Relayed(REGION, liar.key),
                peer.seal(new CallMeMaybe(List.of(B))),
                now,
                out::add);

        assertThat(pings()).isEmpty();
        assertThat(dropped()).hasSize(2);
    }

    @Test
    void addressesThatLeadNowhereAreNotTried() {
        receiveRelayed(
                new CallMeMaybe(
                        List.of(
                                TestPeer.address("[fe80::1]:1"),
                                TestPeer.address("100.64.0.9:41641"),
                                TestPeer.address("[fd7a:115c:a1e0::9]:41641"),
                                TestPeer.address("0.0.0.0:1"),
                                TestPeer.address("224.0.0.1:1"),
                                TestPeer.address("192.0.2.7:0"))));

        assertThat(pings()).containsExactly(A);
    }

    @Test
    void aPeerThatListsThousandsOfAddressesGetsAHundredPings() {
        List<IpPort> many = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            many.add(TestPeer.address("198.51.100.1:" + (1 + i)));
        }
        receiveRelayed(new CallMeMaybe(many));

        assertThat(pings()).hasSize(Candidates.MAX);
    }

    @Test
    void whereWireGuardHeardAPeerSaysWhoItIsButNotWhereToSend() {
        finder.onIdentified(peer.key, new PathSource.Direct(B), now);

        assertThat(finder.peerAt(B)).contains(peer.key);
        assertThat(route()).isEqualTo(VIA_RELAY);
    }

    @Test
    void aPeerWithoutHomeIsReachedWhereItWasHeard() {
        finder.onPeerChanged(peer.told(0, A.toString()), now, out::add);
        assertThat(route()).isEqualTo(PathChoice.NO_PATH);
        finder.onReceived(peer.key, new PathSource.Relayed(new DerpRegionId(3), peer.key), now);

        assertThat(route()).isEqualTo(new PathChoice.Relayed(new DerpRegionId(3)));
    }

    // ---- who is who

    @Test
    void strangersAreDroppedBeforeAnyCryptography() {
        TestPeer stranger = new TestPeer(9, disco.publicKey());
        finder.onDisco(
                new PathSource.Direct(A),
                stranger.seal(new Ping(new TxId(1, 1), Optional.of(peer.key), 0)),
                now,
                out::add);

        assertThat(dropped()).containsExactly("disco from a key that is nobody's");
    }

    @Test
    void aNodeThatSharesItsDiscoKeyIsToldByTheNodeKeyInItsPing() {
        PathPeer told = peer.told(7, A.toString());
        NodeKey twin = new NodeKey(new Bytes32(9, 9, 9, 9));
        finder.onPeerChanged(
                new PathPeer(twin, told.disco(), told.home(), List.of(), false), now, out::add);
        receive(B, new Ping(new TxId(1, 1), Optional.of(twin), 0));
        receive(ELSEWHERE, new Ping(new TxId(1, 2), Optional.empty(), 0));

        assertThat(finder.peerAt(B)).contains(twin);
        assertThat(finder.peerAt(ELSEWHERE)).isEmpty();
        assertThat(sentTo(ELSEWHERE)).hasSize(1);
        route();
        assertThat(pings()).containsExactly(A, ELSEWHERE);
    }

    @Test
    void aNewDiscoKeyMeansThatThePeerRestarted() {
        goDirect();
        TestPeer reborn = new TestPeer(77, disco.publicKey());
        PathPeer told = peer.told(7, A.toString());
        out.clear();
        finder.onPeerChanged(
                new PathPeer(
                        peer.key,
                        Optional.of(reborn.disco.publicKey()),
                        told.home(),
                        told.endpoints(),
                        false),
                now,
                out::add);

        assertThat(out).contains(new PathOutput.PeerRestarted(peer.key));
        assertThat(route()).isEqualTo(VIA_RELAY);
        Ping ping = (Ping) reborn.open(lastTo(A));
        finder.onDisco(
                new PathSource.Direct(A), reborn.seal(new Pong(ping.txId(), OWN)), now, out::add);
        assertThat(route()).isEqualTo(new PathChoice.Direct(A));
    }

    @Test
    void aDiscoKeyToldByThePeerItselfIsNotUndoneByAnOlderNetmap() {
        TestPeer reborn = new TestPeer(77, disco.publicKey());
        finder.onDiscoKey(peer.key, reborn.disco.publicKey(), out::add);
        finder.onPeerChanged(peer.told(8, A.toString()), now, out::add);
        receiveFrom(reborn, new Ping(new TxId(1, 1), Optional.of(peer.key), 0));

        assertThat(out).noneMatch(PathOutput.PeerRestarted.class::isInstance);
        assertThat(dropped()).isEmpty();
        finder.onPeerChanged(
                new PathPeer(
                        peer.key,
                        Optional.of(reborn.disco.publicKey()),
                        Optional.of(REGION),
                        List.of(),
                        false),
                now,
                out::add);
        assertThat(out).noneMatch(PathOutput.PeerRestarted.class::isInstance);
    }

    @Test
    void aRemovedPeerIsForgotten() {
        goDirect();
        finder.onPeers(List.of(), now, out::add);
        out.clear();

        assertThat(route()).isEqualTo(PathChoice.UNKNOWN_PEER);
        assertThat(finder.peerAt(A)).isEmpty();
        receive(A, new Ping(new TxId(1, 1), Optional.of(peer.key), 0));
        assertThat(dropped()).hasSize(1);
        runUntil(now + 60 * S);
        assertThat(pings()).isEmpty();
    }

    @Test
    void peersThatAreNeverUsedCostNoTimer() {
        for (int i = 100; i < 1100; i++) {
            finder.onPeerChanged(
                    new TestPeer(i, disco.publicKey()).told(7, A.toString()), now, out::add);
        }
        out.clear();
        runUntil(600 * S);

        assertThat(out).isEmpty();
        assertThat(finder.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        assertThat(finder.status(peer.key, now)).isEmpty();
    }

    @Test
    void aTrustedPathIsChosenWithoutAllocating() {
        goDirect();
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Consumer<PathOutput> sink = out::add;
        chooseOften(sink, 20_000);
        long before = thread.getCurrentThreadAllocatedBytes();
        chooseOften(sink, 20_000);

        assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(20_000);
    }

    private void chooseOften(Consumer<PathOutput> sink, int times) {
        for (int i = 0; i < times; i++) {
            finder.route(peer.key, now, sink);
        }
    }

    // ---- a user's ping

    @Test
    void aUserPingGoesEverywhereUntilThereIsATrustedPath() {
        finder.ping(peer.key, 42, 0, now, out::add);

        assertThat(relayed()).anyMatch(Ping.class::isInstance);
        assertThat(pings()).contains(A);
        Ping overRelay =
                (Ping) relayed().stream().filter(Ping.class::isInstance).findFirst().orElseThrow();
        now += 30 * MS;
        receiveRelayed(new Pong(overRelay.txId(), TestPeer.address("127.3.3.40:7")));
        answerPings();

        assertThat(out)
                .filteredOn(PathOutput.PingAnswered.class::isInstance)
                .containsExactly(
                        new PathOutput.PingAnswered(
                                42, peer.key, new PeerPath.Relayed(REGION), 30 * MS));
        out.clear();
        finder.ping(peer.key, 43, 0, now, out::add);
        assertThat(out).hasSize(1);
        now += 20 * MS;
        answerPings();
        assertThat(out)
                .contains(
                        new PathOutput.PingAnswered(43, peer.key, new PeerPath.Direct(A), 20 * MS));
    }

    @Test
    void aUserPingOfASizeProvesThatPacketsMayBeSoLarge() {
        goDirect();
        out.clear();
        finder.ping(peer.key, 1, 1400, now, out::add);

        assertThat(relayed()).hasSize(1);
        assertThat(lastTo(A).remaining()).isEqualTo(1400);
        answerPings();
        out.clear();
        finder.ping(peer.key, 2, 1400, now, out::add);
        assertThat(out).hasSize(1);
    }

    @Test
    void aUserPingThatNobodyAnswersEndsAfterFiveSeconds() {
        finder.ping(peer.key, 42, 0, now, out::add);
        runUntil(5 * S - 1);
        assertThat(out).noneMatch(PathOutput.PingTimedOut.class::isInstance);
        runUntil(5 * S);

        assertThat(out).contains(new PathOutput.PingTimedOut(42, peer.key));
    }

    @Test
    void aUserPingThatCannotBeSentSaysWhy() {
        finder.ping(new NodeKey(Bytes32.ZERO), 1, 0, now, out::add);
        finder.onPeerChanged(peer.told(0), now, out::add);
        finder.ping(peer.key, 2, 0, now, out::add);

        assertThat(out)
                .contains(
                        new PathOutput.PingFailed(1, new NodeKey(Bytes32.ZERO), "no such peer"),
                        new PathOutput.PingFailed(2, peer.key, "no address and no relay to try"));
    }

    // ---- when our own endpoints are old

    @Test
    void aCallMeMaybeWaitsForFreshEndpoints() {
        now = 28 * S;
        route();
        assertThat(calls()).isEmpty();
        assertThat(out).contains(new PathOutput.EndpointsWanted(EndpointSearch.CALL_ME_MAYBE));
        now += S;
        finder.onStunEndpoints(List.of(ELSEWHERE), false, now, out::add);

        assertThat(calls()).containsExactly(new CallMeMaybe(List.of(ELSEWHERE, OWN)));
    }

    @Test
    void aCallMeMaybeGoesOutWithoutThemIfTheSearchNeverEnds() {
        now = 28 * S;
        route();
        runUntil(now + 10 * S);

        assertThat(calls()).isNotEmpty();
    }

    // ---- what the tests above are told with

    private PathChoice route() {
        return finder.route(peer.key, now, out::add);
    }

    private PathStatus status() {
        return finder.status(peer.key, now).orElseThrow();
    }

    private void goDirect() {
        route();
        now += 10 * MS;
        answerPings();
        assertThat(route()).isEqualTo(new PathChoice.Direct(A));
    }

    private void receive(IpPort from, DiscoMessage message) {
        finder.onDisco(new PathSource.Direct(from), peer.seal(message), now, out::add);
    }

    private void receiveFrom(TestPeer sender, DiscoMessage message) {
        finder.onDisco(new PathSource.Direct(A), sender.seal(message), now, out::add);
    }

    private void receiveRelayed(DiscoMessage message) {
        finder.onDisco(new PathSource.Relayed(REGION, peer.key), peer.seal(message), now, out::add);
    }

    private void answer(IpPort from, Ping ping) {
        receive(from, new Pong(ping.txId(), OWN));
    }

    /// Answers all direct pings so far; those answered before do no harm.
    private void answerPings() {
        for (PathOutput output : List.copyOf(out)) {
            if (output instanceof PathOutput.SendDisco(var to, var packet)
                    && peer.open(packet) instanceof Ping ping) {
                answer(to, ping);
            }
        }
    }

    private void fireTimers() {
        while (finder.nextDeadline() <= now) {
            finder.onTimer(now, out::add);
            answerSearches();
        }
    }

    private void runUntil(long end) {
        while (finder.nextDeadline() <= end) {
            now = Math.max(now, finder.nextDeadline());
            finder.onTimer(now, out::add);
        }
        now = end;
    }

    private void keepBusy(long span) {
        for (long end = now + span; now < end; now += 490 * MS) {
            route();
            fireTimers();
            now += 10 * MS;
            answerPings();
        }
    }

    private void answerSearches() {
        if (out.stream().anyMatch(PathOutput.EndpointsWanted.class::isInstance)) {
            out.removeIf(PathOutput.EndpointsWanted.class::isInstance);
            finder.onStunEndpoints(List.of(OWN), false, now, out::add);
        }
    }

    private List<IpPort> pings() {
        return out.stream()
                .filter(PathOutput.SendDisco.class::isInstance)
                .map(PathOutput.SendDisco.class::cast)
                .filter(sent -> peer.open(sent.packet()) instanceof Ping)
                .map(PathOutput.SendDisco::to)
                .toList();
    }

    private List<DiscoMessage> sentTo(IpPort to) {
        return packetsTo(to).stream().map(peer::open).toList();
    }

    private Ping lastPing(IpPort to) {
        return (Ping) peer.open(lastTo(to));
    }

    private ByteBuffer lastTo(IpPort to) {
        return packetsTo(to).getLast();
    }

    private List<ByteBuffer> packetsTo(IpPort to) {
        return out.stream()
                .filter(PathOutput.SendDisco.class::isInstance)
                .map(PathOutput.SendDisco.class::cast)
                .filter(sent -> sent.to().equals(to))
                .map(PathOutput.SendDisco::packet)
                .toList();
    }

    private List<DiscoMessage> relayed() {
        return out.stream()
                .filter(PathOutput.RelayDisco.class::isInstance)
                .map(PathOutput.RelayDisco.class::cast)
                .map(sent -> peer.open(sent.packet()))
                .toList();
    }

    private List<DiscoMessage> calls() {
        return relayed().stream().filter(CallMeMaybe.class::isInstance).toList();
    }

    private List<String> dropped() {
        return out.stream()
                .filter(PathOutput.Dropped.class::isInstance)
                .map(output -> ((PathOutput.Dropped) output).reason())
                .toList();
    }
}
