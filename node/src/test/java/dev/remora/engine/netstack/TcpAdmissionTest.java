package dev.remora.engine.netstack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Bytes32;
import dev.remora.base.IpAddress;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.tcp.TcpEvent;
import dev.remora.testing.Segments;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who gets a connection, and what everybody else gets.
class TcpAdmissionTest {
    private static final int RST_ACK = Segments.RST | Segments.ACK;
    private static final int SYN_ACK = Segments.SYN | Segments.ACK;
    private static final byte[] NONE = {};

    private final Stack net = new Stack();

    @Test
    void aClosedPortAnswersASynWithAReset() {
        List<IpPacket> answer = net.give(toPort(81, Segments.SYN, 1000, 0));

        assertThat(answer)
                .singleElement()
                .satisfies(reset -> {
                    assertThat(Segments.flags(reset)).isEqualTo(RST_ACK);
                    assertThat(Segments.seq(reset)).isZero();
                    assertThat(Segments.ack(reset)).isEqualTo(1001);
                    assertThat(reset.src()).isEqualTo(Stack.OWN);
                    assertThat(reset.dstPort()).isEqualTo(40_000);
                });
    }

    @Test
    void aClosedPortAnswersOverIpv6Too() {
        IpPacket syn =
                Segments.segment(
                        Stack.PEER_V6, 40_000, Stack.OWN_V6, 81, Segments.SYN, 1000, 0, NONE);

        assertThat(net.give(syn))
                .singleElement()
                .matches(reset -> Segments.flags(reset) == RST_ACK);
    }

    @Test
    void anAckToAClosedPortGetsAResetAtItsOwnNumber() {
        List<IpPacket> answer = net.give(toPort(81, Segments.ACK, 1000, 77));

        assertThat(answer)
                .singleElement()
                .satisfies(reset -> {
                    assertThat(Segments.flags(reset)).isEqualTo(Segments.RST);
                    assertThat(Segments.seq(reset)).isEqualTo(77);
                });
    }

    @Test
    void aResetIsNeverAnswered() {
        assertThat(net.give(toPort(81, Segments.RST, 1000, 0))).isEmpty();
        assertThat(net.give(toPort(81, RST_ACK, 1000, 5))).isEmpty();
    }

    @Test
    void nonsenseFlagsAndBadSumsAreDropped() {
        net.listen(80);
        IpPacket broken = toPort(80, Segments.SYN, 1000, 0);
        broken.bytes().put(broken.transportOffset() + 4, (byte) 99);

        assertThat(net.give(toPort(80, Segments.SYN | Segments.FIN, 1000, 0))).isEmpty();
        assertThat(net.give(toPort(80, Segments.SYN | Segments.RST, 1000, 0))).isEmpty();
        assertThat(net.give(toPort(80, 0, 1000, 0))).isEmpty();
        assertThat(net.give(broken)).isEmpty();

        assertThat(net.drops(Drop.MALFORMED)).isEqualTo(4);
        assertThat(net.requests).isEmpty();
    }

    /// The packet filter lets in what does not begin a connection, so nothing else may begin one.
    @ParameterizedTest
    @ValueSource(ints = {Segments.FIN, Segments.FIN | Segments.URG})
    void onlyASynOpensAConnection(int flags) {
        net.listen(80);
        assertThat(net.give(toPort(80, flags, 1000, 0))).isEmpty();
        assertThat(net.requests).isEmpty();

        net.give(toPort(80, Segments.SYN, 1000, 0));
        assertThat(net.give(toPort(80, flags, 1000, 0))).isEmpty();
        assertThat(net.give(toPort(80, flags, 5000, 0))).isEmpty();
        assertThat(net.requests).hasSize(1);
        assertThat(net.cancelled).isEmpty();
        assertThat(net.drops(Drop.MALFORMED)).isEqualTo(3);
    }

    @Test
    void packetsForOthersAndFromImpossibleSendersAreDropped() {
        net.listen(80);
        IpAddress other = IpAddress.v4(0x64400009);
        IpAddress multicast = IpAddress.v4(0xe0000001);

        net.give(Segments.segment(Stack.PEER, 1, other, 80, Segments.SYN, 1, 0, NONE));
        net.give(Segments.segment(multicast, 1, Stack.OWN, 80, Segments.SYN, 1, 0, NONE));
        net.give(Segments.segment(Stack.OWN, 80, Stack.OWN, 80, Segments.SYN, 1, 0, NONE));

        assertThat(net.drops(Drop.NOT_OURS)).isEqualTo(1);
        assertThat(net.drops(Drop.BAD_SOURCE)).isEqualTo(2);
        assertThat(net.requests).isEmpty();
    }

    @Test
    void aSynIsNotAnsweredBeforeTheDecisionAndAsksOnce() {
        net.listen(80);

        assertThat(net.give(toPort(80, Segments.SYN, 1000, 0))).isEmpty();
        net.now = SECONDS.toNanos(1);
        assertThat(net.give(toPort(80, Segments.SYN, 1000, 0))).isEmpty();
        assertThat(net.requests).hasSize(1);

        net.requests.getFirst().accept(net, net.now);

        assertThat(net.flush())
                .singleElement()
                .satisfies(synAck -> {
                    assertThat(Segments.flags(synAck)).isEqualTo(SYN_ACK);
                    assertThat(Segments.ack(synAck)).isEqualTo(1001);
                });
        assertThat(net.requests.getFirst().isOpen()).isFalse();
        assertThat(net.requests.getFirst().accept(net, net.now)).isEmpty();
    }

    @Test
    void aRepeatedSynGetsTheSameAnswerAgain() {
        net.listen(80);
        net.give(toPort(80, Segments.SYN, 1000, 0));
        net.requests.getFirst().accept(net, net.now);
        IpPacket first = net.flush().getFirst();

        List<IpPacket> second = net.give(toPort(80, Segments.SYN, 1000, 0));

        assertThat(second)
                .singleElement()
                .satisfies(synAck -> {
                    assertThat(Segments.flags(synAck)).isEqualTo(SYN_ACK);
                    assertThat(Segments.seq(synAck)).isEqualTo(Segments.seq(first));
                });
        assertThat(net.requests).hasSize(1);
    }

    @Test
    void aRefusedRequestLooksLikeAClosedPort() {
        net.listen(80);
        net.give(toPort(80, Segments.SYN, 1000, 0));

        net.requests.getFirst().refuse();

        assertThat(net.flush())
                .singleElement()
                .satisfies(reset -> {
                    assertThat(Segments.flags(reset)).isEqualTo(RST_ACK);
                    assertThat(Segments.ack(reset)).isEqualTo(1001);
                });
        assertThat(net.stack.stats().requests()).isZero();
        assertThat(net.stack.stats().halfOpen()).isZero();
    }

    @Test
    void anIgnoredRequestIsAskedAboutAgain() {
        net.listen(80);
        net.give(toPort(80, Segments.SYN, 1000, 0));
        net.requests.getFirst().ignore();
        assertThat(net.flush()).isEmpty();

        net.give(toPort(80, Segments.SYN, 1000, 0));

        assertThat(net.requests).hasSize(2);
    }

    @Test
    void aRequestIsCancelledWhenThePeerResetsOrFallsSilent() {
        net.listen(80);
        net.give(toPort(80, Segments.SYN, 1000, 0));
        net.give(toPort(80, Segments.RST, 1001, 0));
        assertThat(net.cancelled).hasSize(1);

        net.give(toPort(80, Segments.SYN, 2000, 0));
        net.runUntil(SECONDS.toNanos(2));
        assertThat(net.cancelled).hasSize(1);
        net.runUntil(SECONDS.toNanos(4));

        assertThat(net.cancelled).hasSize(2);
        assertThat(net.stack.stats().requests()).isZero();
        assertThat(net.requests.getLast().accept(net, net.now)).isEmpty();
    }

    @Test
    void anotherSynFromTheSamePortTakesTheOldOnesPlace() {
        net.listen(80);
        net.give(toPort(80, Segments.SYN, 1000, 0));
        net.give(toPort(80, Segments.SYN, 9000, 0));

        assertThat(net.requests).hasSize(2);
        assertThat(net.cancelled).containsExactly(net.requests.getFirst());

        net.requests.getLast().accept(net, net.now);
        assertThat(net.flush()).singleElement().matches(synAck -> Segments.ack(synAck) == 9001);
    }

    @Test
    void aResetDuringTheHandshakeLeavesOnlyTheListener() {
        net.listen(80);
        net.give(toPort(80, Segments.SYN, 1000, 0));
        net.requests.getFirst().accept(net, net.now);
        net.flush();

        assertThat(net.give(toPort(80, Segments.RST, 1001, 0))).isEmpty();

        assertThat(net.stack.stats().streams()).isZero();
        assertThat(net.stack.stats().halfOpen()).isZero();
        net.give(toPort(80, Segments.SYN, 1000, 0));
        assertThat(net.requests).hasSize(2);
    }

    @Test
    void anUnansweredHandshakeIsRepeatedAndThenForgotten() {
        net.listen(80);
        net.give(toPort(80, Segments.SYN, 1000, 0));
        net.requests.getFirst().accept(net, net.now);
        net.flush();

        List<IpPacket> repeated = net.runUntil(SECONDS.toNanos(60));

        assertThat(repeated).hasSize(3).allMatch(packet -> Segments.flags(packet) == SYN_ACK);
        assertThat(net.stack.stats().streams()).isZero();
        assertThat(net.stack.stats().halfOpen()).isZero();
        assertThat(net.stack.stats().timers()).isZero();
        assertThat(net.events).singleElement().isInstanceOf(TcpEvent.Closed.class);
    }

    @Test
    void aClosedListenerRefusesWhatWaitsAndKeepsWhatIsOpen() {
        TcpListener listener = net.listen(80);
        net.give(toPort(80, Segments.SYN, 1000, 0));

        listener.close(net.now);

        assertThat(net.flush()).singleElement().matches(reset -> Segments.flags(reset) == RST_ACK);
        assertThat(net.cancelled).hasSize(1);
        assertThat(net.give(toPort(80, Segments.SYN, 1, 0)))
                .singleElement()
                .matches(reset -> Segments.flags(reset) == RST_ACK);
    }

    @Test
    void aListenerForOneAddressGoesBeforeOneForAll() {
        Stack exact = new Stack();
        net.listen(80);
        net.stack.listen(Optional.of(Stack.OWN_V6), 80, exact).orElseThrow();
        assertThat(net.stack.listen(Optional.empty(), 80, exact)).isEmpty();

        net.give(toPort(80, Segments.SYN, 1, 0));
        net.give(Segments.segment(Stack.PEER_V6, 9, Stack.OWN_V6, 80, Segments.SYN, 1, 0, NONE));

        assertThat(net.requests).hasSize(1);
        assertThat(exact.requests).hasSize(1);
    }

    @Test
    void onePeerCannotTakeAllHalfOpenPlaces() {
        NetStackConfig.Caps caps = new NetStackConfig.Caps(20, 8, 100, 50, 10);
        Stack small = new Stack(NetStackConfig.defaults().with(caps));
        small.listen(80);
        NodeKey other = new NodeKey(new Bytes32(9, 9, 9, 9));
        for (int port = 1; port <= 30; port++) {
            small.give(Segments.segment(Stack.PEER, port, Stack.OWN, 80, Segments.SYN, 1, 0, NONE));
        }
        assertThat(small.requests).hasSize(8);
        assertThat(small.drops(Drop.CONNECTION_LIMIT)).isEqualTo(22);

        IpAddress elsewhere = IpAddress.v4(0x64400003);
        small.give(Segments.segment(elsewhere, 1, Stack.OWN, 80, Segments.SYN, 1, 0, NONE), other);

        assertThat(small.requests).hasSize(9);
        small.requests.forEach(ConnectRequest::ignore);
        small.give(Segments.segment(Stack.PEER, 77, Stack.OWN, 80, Segments.SYN, 1, 0, NONE));
        assertThat(small.requests).hasSize(10);
    }

    @Test
    void resetsAreLimitedPerPeer() {
        int answers = 0;
        for (int i = 0; i < 12_000; i++) {
            answers += net.give(toPort(1 + i, Segments.SYN, 1, 0)).size();
        }
        assertThat(answers).isEqualTo(5_000);
        assertThat(net.drops(Drop.ANSWER_LIMIT)).isEqualTo(7_000);

        net.now = MILLISECONDS.toNanos(100);
        assertThat(net.give(toPort(1, Segments.SYN, 1, 0))).hasSize(1);
    }

    @Test
    void bytesThatComeWithTheHandshakeFollowTheNewsOfIt() {
        net.listen(80);
        net.give(toPort(80, Segments.SYN, 1000, 0));
        net.requests.getFirst().accept(net, net.now);
        int iss = Segments.seq(net.flush().getFirst());

        net.give(
                Segments.segment(
                        Stack.PEER,
                        40_000,
                        Stack.OWN,
                        80,
                        Segments.ACK,
                        1001,
                        iss + 1,
                        NONE,
                        "hello".getBytes(UTF_8)));

        assertThat(net.events.getFirst()).isInstanceOf(TcpEvent.Connected.class);
        assertThat(net.received.toString(UTF_8)).isEqualTo("hello");
    }

    private static IpPacket toPort(int port, int flags, int seq, int ack) {
        return Segments.segment(Stack.PEER, 40_000, Stack.OWN, port, flags, seq, ack, NONE);
    }
}
