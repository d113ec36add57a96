package dev.remora.engine.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.proto.disco.DiscoMessage.CallMeMaybe;
import dev.remora.proto.disco.DiscoMessage.Ping;
import dev.remora.proto.disco.TxId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What ends a direct path, and what follows.
class LostPathTest extends PathFinderFixture {
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
}
