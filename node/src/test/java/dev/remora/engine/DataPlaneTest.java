package dev.remora.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.engine.netstack.StreamHandler;
import dev.remora.engine.netstack.TcpStream;
import dev.remora.proto.ip.IcmpPacket;
import dev.remora.proto.ip.IpHeader;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.IpProtocol;
import dev.remora.proto.ip.TsmpMessage;
import dev.remora.proto.ip.UdpPacket;
import dev.remora.proto.tcp.Flow;
import dev.remora.proto.tcp.TcpEvent;
import dev.remora.testing.Packets;
import dev.remora.testing.Segments;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a peer may send through its tunnel, and what comes of it.
class DataPlaneTest {
    private static final IpAddress OWN = Maps.ip(1);
    private static final IpAddress PEER = Maps.ip(2);
    private static final IpPort STRANGER = new IpPort(Packets.ip("192.0.2.9"), 9);

    private final BarePeer peer = new BarePeer("", Maps.ALL);

    private static IpPacket written(Consumer<Packets> writer) {
        Packets sink = new Packets();
        writer.accept(sink);
        return Packets.packet(sink.single());
    }

    private static IpPacket udp(IpAddress from, IpAddress to, int port) {
        IpHeader header = new IpHeader(from, to, IpProtocol.UDP, 0);
        return written(sink -> UdpPacket.write(header, 1000, port, ByteBuffer.allocate(3), sink));
    }

    private static IpPacket syn(int port) {
        return Segments.segment(PEER, 1000, OWN, port, Segments.SYN, 1, 0, Segments.synOptions(1));
    }

    private static IpPacket tsmp(IpAddress to, TsmpMessage message) {
        return written(sink -> message.write(new IpHeader(PEER, to, IpProtocol.TSMP, 0), sink));
    }

    private static IpPacket echo(int type, long data) {
        ByteBuffer body = ByteBuffer.allocate(8).putLong(0, data);
        return written(sink ->
                IcmpPacket.write(
                        new IpHeader(PEER, OWN, IpProtocol.ICMP, 0), type, 0, 7, body, sink));
    }

    private List<IpPacket> answers(IpPacket packet) {
        peer.takeReceived();
        peer.send(packet);
        return peer.takeReceived();
    }

    @Test
    void aPacketFromAnAddressThatIsNotThePeersIsDropped() {
        assertThat(answers(udp(Maps.ip(3), OWN, 53))).isEmpty();
        assertThat(answers(udp(OWN, OWN, 53))).isEmpty();
        assertThat(peer.dropsIn("source address is not the peer's")).isEqualTo(2);
    }

    @Test
    void aPeerThatIsAllowedNoAddressHasNone() {
        peer.learn(",'AllowedIPs':[]", Maps.ALL);
        assertThat(answers(echo(8, 1))).isEmpty();
        assertThat(peer.dropsIn("source address is not the peer's")).isEqualTo(1);
        peer.engine.pingIcmp(PEER, 5, peer.now);
        peer.engine.endOfBatch(peer.now);
        assertThat(peer.dropsOut("no route")).isEqualTo(1);
    }

    @Test
    void whatIsNoPacketIsCountedAndTheNextIsTaken() {
        peer.sendText("no packet");
        peer.send(ByteBuffer.wrap(new byte[] {0x45}));
        peer.send(ByteBuffer.wrap(new byte[200]));
        assertThat(peer.engine.traffic().inboundDrops().values().stream().mapToLong(n -> n).sum())
                .isEqualTo(3);
        assertThat(answers(echo(8, 1))).hasSize(1).allMatch(IpPacket::isEchoReply);
    }

    @Test
    void aTsmpPingIsAnsweredWithThePortOfOurPeerApi() throws Exception {
        peer.engine.onPeerApi(40_000, 40_001);
        List<IpPacket> answers = answers(tsmp(OWN, new TsmpMessage.Ping(42)));
        assertThat(answers).hasSize(1);
        assertThat(TsmpMessage.parse(answers.getFirst()))
                .isEqualTo(new TsmpMessage.Pong(42, 40_000));
    }

    @Test
    void aTsmpMessageForAnotherNodeIsNotOurs() {
        assertThat(answers(tsmp(Maps.ip(9), new TsmpMessage.Ping(42)))).isEmpty();
        assertThat(peer.dropsIn("TSMP message for another node")).isEqualTo(1);
    }

    @Test
    void aRejectedConnectionIsCountedWithItsReason() {
        IpPort from = new IpPort(OWN, 1);
        IpPort to = new IpPort(PEER, 2);
        TsmpMessage.Reject reject =
                new TsmpMessage.Reject(IpProtocol.TCP, TsmpMessage.Reject.ACL, from, to, false);
        assertThat(answers(tsmp(OWN, reject))).isEmpty();
        assertThat(peer.dropsOut("rejected by the peer: acl")).isEqualTo(1);
    }

    private static StreamHandler noting(List<TcpEvent> events) {
        return new StreamHandler() {
            @Override
            public void onPayload(TcpStream stream, ByteBuffer payload) {}

            @Override
            public void onEvent(TcpStream stream, TcpEvent event) {
                events.add(event);
            }
        };
    }

    private TcpStream connect(List<TcpEvent> events) {
        TcpStream stream =
                peer.engine
                        .stack()
                        .connect(new IpPort(PEER, 80), peer.key(), noting(events), peer.now)
                        .orElseThrow();
        peer.engine.endOfBatch(peer.now);
        peer.deliver();
        return stream;
    }

    private static TsmpMessage rejectionOf(Flow flow, boolean maybeBroken) {
        return new TsmpMessage.Reject(
                IpProtocol.TCP,
                TsmpMessage.Reject.ACL,
                new IpPort(flow.local(), flow.localPort()),
                new IpPort(flow.remote(), flow.remotePort()),
                maybeBroken);
    }

    @Test
    void aRejectedConnectionEndsAtOnce() {
        answers(echo(8, 0)); // brings a session
        List<TcpEvent> events = new ArrayList<>();
        TcpStream stream = connect(events);
        answers(tsmp(OWN, rejectionOf(stream.flow(), true)));
        assertThat(events).as("the peer doubts itself").isEmpty();
        answers(tsmp(OWN, rejectionOf(stream.flow(), false)));
        assertThat(events)
                .containsExactly(new TcpEvent.Closed(TcpEvent.Reason.FORBIDDEN, Optional.empty()));
    }

    @Test
    void anOpenConnectionIsNotEndedByARejection() {
        answers(echo(8, 0));
        List<TcpEvent> events = new ArrayList<>();
        Flow flow = connect(events).flow();
        int iss = Segments.seq(peer.takeReceived().getLast());
        answers(
                Segments.segment(
                        PEER,
                        80,
                        OWN,
                        flow.localPort(),
                        Segments.SYN | Segments.ACK,
                        9,
                        iss + 1,
                        Segments.synOptions(1)));
        answers(tsmp(OWN, rejectionOf(flow, false)));
        assertThat(events).containsExactly(new TcpEvent.Connected());
    }

    @Test
    void aClosedPortRefusesAndAForbiddenOneSaysWhy() throws Exception {
        assertThat(answers(syn(80)))
                .singleElement()
                .matches(answer -> (Segments.flags(answer) & Segments.RST) != 0);

        peer.learn("", "");
        List<IpPacket> answers = answers(syn(80));
        assertThat(answers).hasSize(1);
        assertThat(TsmpMessage.parse(answers.getFirst()))
                .isEqualTo(
                        new TsmpMessage.Reject(
                                IpProtocol.TCP,
                                TsmpMessage.Reject.ACL,
                                new IpPort(PEER, 1000),
                                new IpPort(OWN, 80),
                                false));
        assertThat(peer.dropsIn("acl")).isEqualTo(1);
    }

    /// The filter judges SYNs alone.
    @Test
    void aForbiddenPortIsNotOpenedByAnythingElse() {
        peer.learn("", "");
        List<Flow> asked = new ArrayList<>();
        peer.engine
                .stack()
                .listen(Optional.empty(), 80, request -> asked.add(request.flow()))
                .orElseThrow();
        for (int flags = 0; flags < 0x40; flags++) {
            answers(Segments.segment(PEER, 1000, OWN, 80, flags, 1, 0, new byte[0]));
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void aJailedPeerOpensNothing() {
        peer.learn(",'IsJailed':true", Maps.ALL);
        assertThat(answers(syn(80))).singleElement().matches(a -> a.protocol() == IpProtocol.TSMP);
        assertThat(answers(udp(PEER, OWN, 53))).isEmpty();
        assertThat(peer.dropsIn("acl")).isEqualTo(2);
    }

    @Test
    void ourPeerApiIsReachedWhateverTheFilterSays() {
        peer.learn("", "");
        peer.engine.onPeerApi(40_000, 0);
        List<Integer> asked = new ArrayList<>();
        peer.engine
                .stack()
                .listen(
                        Optional.of(OWN),
                        40_000,
                        request -> {
                            asked.add(request.flow().localPort());
                            request.refuse();
                        })
                .orElseThrow();
        answers(syn(40_000));
        assertThat(asked).containsExactly(40_000);
        answers(udp(PEER, OWN, 40_000));
        answers(syn(40_001));
        assertThat(peer.dropsIn("acl")).isEqualTo(2);
    }

    @Test
    void withoutAPeerApiNoPortIsAnException() {
        peer.learn("", "");
        answers(syn(0));
        answers(syn(40_000));
        assertThat(peer.dropsIn("acl")).isEqualTo(2);
    }

    @Test
    void anEchoReplyThatNobodyAskedForDoesNothing() {
        assertThat(answers(echo(0, 1))).isEmpty();
        assertThat(peer.outputs).noneMatch(EngineOutput.Pinged.class::isInstance);
    }

    @Test
    void anEchoReplyToAPingOfOursIsItsAnswer() {
        peer.send(echo(8, 0)); // brings a session
        peer.takeReceived();
        peer.engine.pingIcmp(PEER, 5, peer.now);
        peer.engine.endOfBatch(peer.now);
        peer.deliver();
        IpPacket question = peer.takeReceived().getFirst();
        ByteBuffer bytes = question.bytes();
        long data = bytes.getLong(bytes.limit() - 8);

        peer.now = 3_000_000;
        assertThat(answers(echo(0, data + 1))).isEmpty();
        assertThat(peer.outputs).noneMatch(EngineOutput.Pinged.class::isInstance);
        answers(echo(0, data));
        assertThat(peer.outputs)
                .contains(
                        new EngineOutput.Pinged(
                                5, new PingResult.Answered(3_000_000, Optional.empty(), 0)));
    }

    @Test
    void whatHasNoRouteIsNotSent() {
        peer.send(echo(8, 0));
        peer.engine.pingIcmp(Maps.ip(77), 5, peer.now);
        peer.engine.endOfBatch(peer.now);
        assertThat(peer.dropsOut("no route")).isEqualTo(1);
    }

    @Test
    void everythingEndsWithThePeer() {
        answers(echo(8, 0));
        peer.engine.onNetMap(Maps.of("", Maps.ALL), peer.now);
        assertThat(answers(echo(8, 0))).isEmpty();
        peer.learn("", Maps.ALL);
        assertThat(answers(echo(8, 0))).as("its session is gone, too").isEmpty();
    }

    /// Geneve headers of peer relays (disco, WireGuard), which we do not take part in, and a naked one.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "00007a1100000100"
                        + "5453f09f92ac"
                        + "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
                "00007a1200000100" + "0400000000000000000000000000000000000000"
            })
    void whatComesThroughAPeerRelayIsCounted(String hex) {
        ByteBuffer bytes = Packets.ofHex(hex);
        peer.datagrams(STRANGER, bytes, bytes.remaining());
        assertThat(peer.dropsIn("came through a peer relay")).isEqualTo(1);
    }

    @Test
    void aGroupOfDatagramsIsCutAtItsSize() {
        ByteBuffer group = ByteBuffer.allocateDirect(5 * 40 + 7);
        for (int at = 0; at < group.capacity(); at += 40) {
            group.put(at, (byte) 9); // a type that WireGuard does not have
        }
        peer.datagrams(STRANGER, group, 40);
        long counted =
                peer.engine.traffic().inboundDrops().values().stream().mapToLong(n -> n).sum();
        assertThat(counted).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "54",
                "5453f09f92ac",
                "000100142112a442",
                "0101000c2112a4420102030405060708090a0b0c",
                "04000000",
                "01000000"
            })
    void whatIsNothingToUsDoesNoHarm(String hex) {
        ByteBuffer bytes = Packets.ofHex(hex);
        peer.datagrams(STRANGER, bytes, Math.max(1, bytes.remaining()));
        assertThat(answers(echo(8, 1))).hasSize(1);
    }

    @Test
    void trafficIsCountedByItsWay() {
        answers(echo(8, 1));
        Traffic traffic = peer.engine.traffic();
        assertThat(traffic.receivedPackets().get(Counters.Way.DERP)).isEqualTo(1);
        assertThat(traffic.sentPackets().get(Counters.Way.DERP)).isGreaterThanOrEqualTo(2);
        assertThat(traffic.receivedPackets().get(Counters.Way.DIRECT_IPV4)).isZero();
    }
}
