package dev.remora.engine.path;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.remora.base.Bytes32;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.disco.DiscoMessage.Ping;
import dev.remora.proto.disco.DiscoMessage.Pong;
import dev.remora.proto.disco.TxId;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Whom a message is from, and what becomes of peers that change or go.
class PeerIdentityTest extends PathFinderFixture {
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
        finder.onPeerRemoved(peer.key);
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
}
