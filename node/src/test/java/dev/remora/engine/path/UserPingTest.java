package dev.remora.engine.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Bytes32;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.disco.DiscoMessage.CallMeMaybe;
import dev.remora.proto.disco.DiscoMessage.Ping;
import dev.remora.proto.disco.DiscoMessage.Pong;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A user's ping, and the search for our own endpoints.
class UserPingTest extends PathFinderFixture {
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
    void afterAMoveThePeerIsCalledAtOnceAndAgainWhenOthersHaveSeenUs() {
        now = S;
        finder.onLinkChange(now, out::add);
        route();
        assertThat(calls()).containsExactly(new CallMeMaybe(List.of(OWN)));
        finder.onStunEndpoints(List.of(ELSEWHERE), false, now, out::add);

        assertThat(calls()).hasSize(2).contains(new CallMeMaybe(List.of(ELSEWHERE, OWN)));
    }

    @Test
    void aCallMeMaybeGoesOutWithoutThemIfTheSearchNeverEnds() {
        now = 28 * S;
        route();
        runUntil(now + 10 * S);

        assertThat(calls()).isNotEmpty();
    }
}
