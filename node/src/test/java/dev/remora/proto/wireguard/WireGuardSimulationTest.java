package dev.remora.proto.wireguard;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two nodes over a network that loses, repeats, reorders and forges, for many virtual minutes.
class WireGuardSimulationTest {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void nothingArrivesTwiceOrForgedAndAllArrivesOnceTheNetworkIsWell(long seed) {
        TwoNodes nodes = new TwoNodes(seed);
        Random random = new Random(seed * 31);
        Runnable badNetwork = () -> mistreat(nodes, random);
        for (int i = 0; i < 400; i++) {
            nodes.passTo(nodes.now + random.nextLong(SECONDS.toNanos(3)), badNetwork);
            if (random.nextInt(3) > 0) {
                nodes.a.send("a" + i);
            }
            if (random.nextInt(3) > 0) {
                nodes.b.send("b" + i);
            }
        }
        assertThat(new HashSet<>(nodes.b.received)).hasSameSizeAs(nodes.b.received);
        assertThat(new HashSet<>(nodes.a.received)).hasSameSizeAs(nodes.a.received);
        assertThat(nodes.b.received).hasSizeGreaterThan(100).allMatch(text -> text.startsWith("a"));
        assertThat(nodes.a.received).hasSizeGreaterThan(100).allMatch(text -> text.startsWith("b"));
        assertThat(nodes.a.machine.indices()).isLessThanOrEqualTo(4);

        nodes.passTo(nodes.now + SECONDS.toNanos(20));
        nodes.a.send("well again");
        nodes.b.send("so am I");
        nodes.settle();
        assertThat(nodes.b.received).endsWith("well again");
        assertThat(nodes.a.received).endsWith("so am I");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void twoThatBeginTogetherComeTogetherWhateverIsLost(long seed) {
        TwoNodes nodes = new TwoNodes(seed);
        Random random = new Random(seed);
        nodes.a.send("a");
        nodes.b.send("b");
        nodes.passTo(SECONDS.toNanos(11), () -> mistreat(nodes, random));
        nodes.passTo(SECONDS.toNanos(30));
        nodes.a.send("a again");
        nodes.b.send("b again");
        nodes.settle();

        assertThat(nodes.b.received).endsWith("a again");
        assertThat(nodes.a.received).endsWith("b again");
    }

    /// Takes all that is in flight: a fifth is lost, some comes twice, some late, some with a bit turned.
    private static void mistreat(TwoNodes nodes, Random random) {
        for (int round = 0; round < 20; round++) {
            for (TwoNodes.Side from : List.of(nodes.a, nodes.b)) {
                if (!from.inFlight.isEmpty()) {
                    int which = random.nextInt(from.inFlight.size());
                    mistreat(from, from.inFlight.remove(which), random);
                }
            }
        }
        nodes.loseAll();
    }

    private static void mistreat(TwoNodes.Side from, ByteBuffer datagram, Random random) {
        switch (random.nextInt(10)) {
            case 0, 1 -> {}
            case 2 -> {
                from.other.receive(TwoNodes.copy(datagram));
                from.other.receive(datagram);
            }
            case 3 -> from.inFlight.add(datagram);
            case 4 -> {
                ByteBuffer forged = TwoNodes.copy(datagram);
                int at = random.nextInt(forged.remaining());
                forged.put(at, (byte) (forged.get(at) ^ 1 << random.nextInt(8)));
                from.other.receive(forged);
                from.other.receive(datagram);
            }
            default -> from.other.receive(datagram);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void garbageNeverHurtsAHandshakeOrASession(long seed) {
        TwoNodes nodes = new TwoNodes(seed);
        Random random = new Random(seed);
        nodes.a.send("one");
        ByteBuffer initiation = nodes.a.takeFromFlight();
        throwGarbage(nodes.b, initiation, random);
        nodes.now += SECONDS.toNanos(2); // the garbage was well-formed enough to count as load
        nodes.b.receive(initiation);
        ByteBuffer response = nodes.b.takeFromFlight();
        throwGarbage(nodes.a, response, random);
        nodes.a.receive(response);
        ByteBuffer data = nodes.a.takeFromFlight();
        throwGarbage(nodes.b, data, random);
        nodes.b.receive(data);

        assertThat(nodes.b.received).containsExactly("one");
        assertThat(nodes.a.received).isEmpty();
    }

    /// Every prefix of the datagram, and many changes to it; not to MAC2, which only counts under load.
    private static void throwGarbage(TwoNodes.Side to, ByteBuffer datagram, Random random) {
        for (int length = 0; length < datagram.remaining(); length++) {
            to.receive(TwoNodes.copy(datagram).limit(length));
        }
        boolean transport = Message.type(datagram) == Message.TRANSPORT;
        int changeable = datagram.remaining() - (transport ? 0 : Message.MAC);
        for (int i = 0; i < 500; i++) {
            ByteBuffer changed = TwoNodes.copy(datagram);
            int changes = 1 + random.nextInt(4);
            for (int change = 0; change < changes; change++) {
                int at = random.nextInt(changeable);
                changed.put(at, (byte) (changed.get(at) + 1 + random.nextInt(254)));
            }
            to.receive(changed);
        }
        assertThat(to.inFlight).isEmpty();
    }
}
