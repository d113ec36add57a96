package dev.remora.engine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.engine.netstack.UdpPort;
import dev.remora.proto.ip.IcmpPacket;
import dev.remora.proto.ip.IpHeader;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.IpProtocol;
import dev.remora.proto.ip.TsmpMessage;
import dev.remora.proto.ip.UdpPacket;
import dev.remora.sim.SimHost;
import dev.remora.sim.SimLink;
import dev.remora.testing.Packets;
import dev.remora.testing.Segments;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A peer that knows us by an address which is not our own.
class MasqueradeTest {
    private static final IpAddress OWN = Maps.ip(1);
    private static final IpAddress PEER = Maps.ip(2);
    private static final IpAddress SHOWN = Packets.ip("100.99.0.7");
    private static final String MASK = ",'SelfNodeV4MasqAddrForThisPeer':'" + SHOWN + "'";

    /// Towards our own address only, as control writes rules.
    private static final String RULES =
            "{'SrcIPs':['*'],'DstPorts':[{'IP':'" + OWN + "','Ports':{'First':80,'Last':80}}]}";

    private final BarePeer peer = new BarePeer(MASK, RULES);

    private static IpPacket syn(IpAddress to, int port) {
        return Segments.segment(PEER, 1000, to, port, Segments.SYN, 1, 0, Segments.synOptions(1));
    }

    private static IpPacket udp(IpAddress to, int from, int port) {
        Packets sink = new Packets();
        IpHeader header = new IpHeader(PEER, to, IpProtocol.UDP, 0);
        UdpPacket.write(header, from, port, ByteBuffer.allocate(3), sink);
        return Packets.packet(sink.single());
    }

    private static IpPacket echo(IpAddress to) {
        Packets sink = new Packets();
        IpHeader header = new IpHeader(PEER, to, IpProtocol.ICMP, 0);
        IcmpPacket.write(header, 8, 0, 7, ByteBuffer.allocate(8), sink);
        return Packets.packet(sink.single());
    }

    private static IpPacket tsmp(TsmpMessage message) {
        Packets sink = new Packets();
        message.write(new IpHeader(PEER, SHOWN, IpProtocol.TSMP, 0), sink);
        return Packets.packet(sink.single());
    }

    private IpPacket answer(IpPacket packet) {
        peer.takeReceived();
        peer.send(packet);
        assertThat(peer.received).hasSize(1);
        return peer.takeReceived().getFirst();
    }

    @Test
    void whatComesToTheAddressItKnowsIsAnsweredFromThere() throws Exception {
        peer.engine.onPeerApi(40_000, 0);

        assertThat(answer(echo(SHOWN)))
                .matches(IpPacket::isEchoReply)
                .returns(SHOWN, IpPacket::src);
        IpPacket pong = answer(tsmp(new TsmpMessage.Ping(42)));
        assertThat(pong.src()).isEqualTo(SHOWN);
        assertThat(TsmpMessage.parse(pong)).isEqualTo(new TsmpMessage.Pong(42, 40_000));
        IpPacket refusal = answer(syn(SHOWN, 80));
        assertThat(Segments.flags(refusal) & Segments.RST).isNotZero();
        assertThat(refusal.src()).isEqualTo(SHOWN);
    }

    @Test
    void whatIsForbiddenIsRejectedFromThere() throws Exception {
        IpPacket rejection = answer(syn(SHOWN, 81));
        assertThat(TsmpMessage.parse(rejection))
                .isInstanceOfSatisfying(
                        TsmpMessage.Reject.class,
                        reject -> assertThat(reject.dst()).isEqualTo(new IpPort(SHOWN, 81)));
    }

    /// As the other implementations do.
    @Test
    void whatComesToOurOwnAddressIsAnsweredFromTheOneItKnows() {
        assertThat(answer(echo(OWN))).returns(SHOWN, IpPacket::src);
    }

    @Test
    void anotherPeersAddressForUsIsNotThisOnes() {
        peer.learn("", RULES);
        peer.send(echo(SHOWN));
        assertThat(peer.takeReceived()).isEmpty();
        assertThat(peer.dropsIn("acl")).isEqualTo(1);
        assertThat(answer(echo(OWN))).returns(OWN, IpPacket::src);
    }

    @Test
    void anAddressOfTheWrongFamilyMeansNothing() {
        peer.learn(",'SelfNodeV4MasqAddrForThisPeer':'fd7a::1'", RULES);
        assertThat(answer(echo(OWN))).returns(OWN, IpPacket::src);
    }

    @Test
    void datagramsOfOursComeFromThereAndTheAnswerIsLetIn() throws Exception {
        answer(echo(SHOWN)); // brings a session
        List<IpPort> answered = new ArrayList<>();
        UdpPort port = bind(answered);
        sendFrom(port);
        IpPacket question = peer.takeReceived().getFirst();
        assertThat(UdpPacket.of(question).src()).isEqualTo(new IpPort(SHOWN, port.port()));

        peer.send(udp(SHOWN, 53, port.port()));
        assertThat(answered).containsExactly(new IpPort(PEER, 53));
    }

    private UdpPort bind(List<IpPort> answered) {
        return peer.engine
                .stack()
                .bind(Optional.of(OWN), 0, (socket, from, to, payload) -> answered.add(from))
                .orElseThrow();
    }

    private void sendFrom(UdpPort port) {
        port.send(OWN, new IpPort(PEER, 53), ByteBuffer.allocate(3));
        peer.engine.endOfBatch(peer.now);
        peer.deliver();
    }

    /// Two engines, each with its own view of one of them, over a network that loses packets.
    @Test
    void aNodeServesAndAsksUnderAnotherName() throws Exception {
        SimTailnet tailnet = new SimTailnet(1);
        SimNode shared = tailnet.join(1, host(tailnet, "198.51.100.11"));
        SimNode guest = tailnet.join(2, host(tailnet, "198.51.100.12"));
        tailnet.masquerade(1, 2, SHOWN);
        tailnet.network.runUntil(SECONDS.toNanos(3));

        assertThat(guest.tsmpPing(SHOWN, SECONDS.toNanos(5)))
                .get()
                .isInstanceOf(PingResult.Answered.class);
        assertThat(shared.tsmpPing(SimTailnet.v4(2), SECONDS.toNanos(7)))
                .get()
                .isInstanceOf(PingResult.Answered.class);
        new Transfer(tailnet, guest, shared, SHOWN, 80, 500_000, 1).finish(SECONDS.toNanos(60));
        new Transfer(tailnet, shared, guest, 81, 500_000, 2).finish(SECONDS.toNanos(120));
        assertThat(guest.engine.traffic().inboundDrops())
                .as("the greeting of a session comes from the address it knows, too")
                .doesNotContainKey("source address is not the peer's");
    }

    private static SimHost host(SimTailnet tailnet, String ip) {
        SimLink link = SimLink.millis(10).withLoss(0.005);
        return new SimHost(ip, tailnet.network.internet(), link, Packets.ip(ip));
    }
}
