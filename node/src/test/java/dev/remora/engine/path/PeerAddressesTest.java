package dev.remora.engine.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPort;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.proto.disco.DiscoMessage.CallMeMaybe;
import dev.remora.proto.disco.DiscoMessage.Ping;
import dev.remora.proto.disco.DiscoMessage.Pong;
import dev.remora.proto.disco.TxId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Other ways than the netmap to know where a peer may be.
class PeerAddressesTest extends PathFinderFixture {
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
}
