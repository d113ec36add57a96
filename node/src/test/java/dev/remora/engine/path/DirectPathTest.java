package dev.remora.engine.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.proto.disco.DiscoMessage.CallMeMaybe;
import dev.remora.proto.disco.DiscoMessage.Ping;
import dev.remora.proto.disco.DiscoMessage.Pong;
import dev.remora.proto.disco.TxId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// From the first packet to a direct path, and keeping it.
class DirectPathTest extends PathFinderFixture {
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
}
