package dev.remora.proto.wireguard;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Two tunnels and what they make of each other: sessions, packets, refusals.
class WireGuardTest {
    private final TwoNodes nodes = new TwoNodes(1);
    private final TwoNodes.Side a = nodes.a;
    private final TwoNodes.Side b = nodes.b;

    @Test
    void thePacketThatAsksForASessionArrivesFirst() {
        a.send("one");
        a.send("two");
        assertThat(a.inFlight).as("one initiation").hasSize(1);

        nodes.settle();
        b.send("three");
        nodes.settle();

        assertThat(b.received).containsExactly("one", "two");
        assertThat(a.received).containsExactly("three");
        assertThat(a.said)
                .containsExactly(
                        new Output.Identified(a.peer(), b.source),
                        new Output.SessionUp(a.peer(), true));
        assertThat(b.said)
                .containsExactly(
                        new Output.Identified(b.peer(), a.source),
                        new Output.SessionUp(b.peer(), false));
    }

    @Test
    void aSealedPacketIsTheSameBufferWithTheHeaderBeforeIt() {
        nodes.connect();
        ByteBuffer packet = TwoNodes.packet("in place");
        a.machine.send(a.peer(), packet, nodes.now, a::take);

        assertThat(a.inFlight).hasSize(1);
        assertThat(a.inFlight.getFirst()).isSameAs(packet);
        assertThat(packet.position()).isZero();
        assertThat(packet.remaining()).isEqualTo(32 + 32);
    }

    @Test
    void theResponderSendsNothingBeforeTheInitiatorDid() {
        a.send("first");
        b.receive(a.takeFromFlight());
        ByteBuffer response = b.takeFromFlight();

        b.send("too early");
        assertThat(b.inFlight).as("it answered just now, so it does not initiate").isEmpty();
        a.receive(response);
        nodes.settle();

        assertThat(b.received).containsExactly("first");
        assertThat(a.received).containsExactly("too early");
    }

    @Test
    void whatWaitsHasABound() {
        for (int i = 0; i < StagedPackets.PER_PEER + 10; i++) {
            a.send("packet " + i);
        }
        nodes.settle();

        assertThat(b.received).hasSize(StagedPackets.PER_PEER);
        assertThat(b.received.getFirst()).isEqualTo("packet 10");
        assertThat(a.dropped(DropReason.STAGED_TOO_MANY)).isEqualTo(10);
        assertThat(a.said)
                .filteredOn(new Output.Dropped(DropReason.STAGED_TOO_MANY)::equals)
                .hasSize(10);
    }

    @Test
    void forgettingAPeerLeavesNothing() {
        nodes.connect();
        a.machine.forget(a.peer(), a::take);
        a.expectNothingLeft();

        b.send("to nobody");
        nodes.settle();
        assertThat(a.dropped(DropReason.UNKNOWN_INDEX)).isEqualTo(1);
    }

    @Test
    void aNewKeyOfOurOwnMeansNewHandshakes() {
        nodes.connect();
        b.send("under way");
        ByteBuffer underWay = b.takeFromFlight();
        a.key = NodePrivateKey.generate(new Random(30));
        a.machine.rotate(a.key);
        a.receive(underWay);
        assertThat(a.received).containsExactly("under way");

        a.send("as somebody else");
        nodes.settle();
        assertThat(b.received).endsWith("as somebody else");
        assertThat(b.said).endsWith(new Output.SessionUp(a.key.publicKey(), false));
    }

    @Test
    void bothMayBeginAtTheSameMoment() {
        a.send("from a");
        b.send("from b");
        nodes.settle();

        assertThat(b.received).containsExactly("from a");
        assertThat(a.received).containsExactly("from b");
        nodes.passTo(SECONDS.toNanos(30));
        a.send("later a");
        b.send("later b");
        nodes.settle();
        assertThat(b.received).endsWith("later a");
        assertThat(a.received).endsWith("later b");
    }

    @Test
    void repeatedDatagramsAreDroppedOnceEach() {
        a.send("once");
        ByteBuffer initiation = TwoNodes.copy(a.inFlight.getFirst());
        nodes.settle();
        a.send("twice");
        ByteBuffer data = TwoNodes.copy(a.inFlight.getFirst());
        nodes.settle();
        nodes.now += SECONDS.toNanos(1);
        b.receive(initiation);
        b.receive(data);

        assertThat(b.received).containsExactly("once", "twice");
        assertThat(b.dropped(DropReason.OLD_INITIATION)).isEqualTo(1);
        assertThat(b.dropped(DropReason.REPLAYED)).isEqualTo(1);
        assertThat(b.inFlight).isEmpty();
    }

    @Test
    void initiationsTooCloseToEachOtherAreDropped() {
        a.send("first");
        ByteBuffer first = a.takeFromFlight();
        nodes.now = Limits.REKEY_TIMEOUT;
        a.send("second");
        ByteBuffer second = a.takeFromFlight();
        b.receive(first);
        nodes.now += MILLISECONDS.toNanos(19);
        b.receive(second);

        assertThat(b.dropped(DropReason.FREQUENT_INITIATION)).isEqualTo(1);
    }

    @Test
    void strangersGetNoAnswer() {
        TwoNodes strangers =
                new TwoNodes(
                        NodePrivateKey.generate(new Random(77)),
                        b.key,
                        new Random(3),
                        new Random(4),
                        TwoNodes.MTU);
        strangers.a.send("let me in");
        b.receive(strangers.a.takeFromFlight());

        assertThat(b.inFlight).isEmpty();
        assertThat(b.dropped(DropReason.UNKNOWN_PEER)).isEqualTo(1);
        b.expectNothingLeft();
    }

    @Test
    void theGreetingGoesAheadOfWhatWaits() {
        a.greeting = Optional.of("hello from a");
        b.greeting = Optional.of("hello from b");
        a.send("data");
        nodes.settle();

        assertThat(b.received).containsExactly("hello from a", "data");
        assertThat(a.received).containsExactly("hello from b");
    }

    @Test
    void saysOnlyOnceThatAPeerMoved() {
        nodes.connect();
        int before = a.said.size();
        Source relay = new Source.Relayed(7, a.peer());
        b.send("by relay");
        a.machine.receive(relay, b.takeFromFlight(), nodes.now, a::take);
        b.send("by relay again");
        a.machine.receive(relay, b.takeFromFlight(), nodes.now, a::take);

        assertThat(a.said.subList(before, a.said.size()))
                .containsExactly(new Output.Identified(a.peer(), relay));
    }

    @Test
    void peersWithAKeyOfLowOrderCannotBeSentTo() {
        a.machine.send(NodeKey.ZERO, TwoNodes.packet("x"), nodes.now, a::take);

        assertThat(a.dropped(DropReason.UNUSABLE_KEY)).isEqualTo(1);
        a.expectNothingLeft();
    }

    @Test
    void countsBytesAndHandshakes() {
        assertThat(a.machine.stats(a.peer(), nodes.now)).isEmpty();
        nodes.now = 5;
        a.send("x");
        assertThat(a.machine.stats(a.peer(), 5)).contains(new TunnelStats(148, 0, -1, false));
        nodes.settle();

        assertThat(a.machine.stats(a.peer(), 5)).contains(new TunnelStats(148 + 64, 92, 5, true));
        assertThat(b.machine.stats(b.peer(), 5)).contains(new TunnelStats(92, 148 + 64, 5, true));
    }

    @Test
    void manyPeersShareOneBoundForWhatWaits() {
        Random random = new Random(5);
        for (int peer = 0; peer < 2 * StagedPackets.IN_ALL / StagedPackets.PER_PEER; peer++) {
            NodeKey key = NodePrivateKey.generate(random).publicKey();
            for (int i = 0; i < StagedPackets.PER_PEER; i++) {
                a.machine.send(key, TwoNodes.packet("x"), nodes.now, output -> {});
            }
        }

        assertThat(a.dropped(DropReason.STAGED_TOO_MANY)).isEqualTo(StagedPackets.IN_ALL);
    }

    @Test
    void paddingNeverGoesBeyondTheMtu() {
        assertThat(IntStream.of(0, 1, 15, 16, 17, 1279, 1280).map(n -> Session.padding(n, 1280)))
                .containsExactly(0, 15, 1, 0, 15, 1, 0);
        assertThat(IntStream.of(1408, 1409, 1420, 1421).map(n -> Session.padding(n, 1420)))
                .containsExactly(0, 11, 0, 15);
    }
}
