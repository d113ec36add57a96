package dev.remora.engine.netstack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.proto.ip.IcmpPacket;
import dev.remora.proto.ip.IpHeader;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.IpProtocol;
import dev.remora.proto.ip.UdpPacket;
import dev.remora.proto.tcp.TcpEvent;
import dev.remora.testing.Packets;
import dev.remora.testing.Segments;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UdpAndIcmpTest {
    private final Stack net = new Stack();
    private final DatagramQueue queue = new DatagramQueue();

    @Test
    void aDatagramReachesItsPortAndTheAnswerGoesBack() {
        UdpPort port = net.stack.bind(Optional.empty(), 53, queue).orElseThrow();

        net.give(udp(Stack.PEER, 4000, Stack.OWN, 53, "ask"));

        DatagramQueue.Datagram asked = queue.poll().orElseThrow();
        assertThat(asked.from()).hasToString("100.64.0.2:4000");
        assertThat(UTF_8.decode(asked.payload()).toString()).isEqualTo("ask");

        port.send(asked.to(), asked.from(), UTF_8.encode("answer"));

        assertThat(net.flush())
                .singleElement()
                .satisfies(packet -> {
                    UdpPacket answer = UdpPacket.of(packet);
                    assertThat(answer.src()).hasToString("100.64.0.1:53");
                    assertThat(answer.dst()).hasToString("100.64.0.2:4000");
                    assertThat(UTF_8.decode(answer.payload()).toString()).isEqualTo("answer");
                });
    }

    @Test
    void aQueueKeepsSixtyFourDatagramsAndCountsTheRest() {
        net.stack.bind(Optional.empty(), 53, queue).orElseThrow();
        for (int i = 0; i < 70; i++) {
            net.give(udp(Stack.PEER, 4000, Stack.OWN, 53, "ask"));
        }

        assertThat(queue.dropped()).isEqualTo(6);
        for (int i = 0; i < 64; i++) {
            assertThat(queue.poll()).isPresent();
        }
        assertThat(queue.poll()).isEmpty();
    }

    @Test
    void aClosedPortIsToldWithTheQuotedDatagram() throws MalformedException {
        UdpPort port = net.stack.bind(Optional.empty(), 53, queue).orElseThrow();
        port.close();

        IpPacket v4 = net.give(udp(Stack.PEER, 4000, Stack.OWN, 53, "ask")).getFirst();
        IpPacket v6 = net.give(udp(Stack.PEER_V6, 4000, Stack.OWN_V6, 53, "ask")).getFirst();

        assertThat(IcmpPacket.of(v4).type()).isEqualTo(3);
        assertThat(IcmpPacket.of(v4).code()).isEqualTo(3);
        assertThat(IcmpPacket.of(v4).quoted().orElseThrow().dst()).hasToString("100.64.0.1:53");
        assertThat(IcmpPacket.of(v6).type()).isEqualTo(1);
        assertThat(IcmpPacket.of(v6).code()).isEqualTo(4);
        assertThat(IcmpPacket.of(v6).quoted().orElseThrow().src())
                .hasToString("[fd7a:115c:a1e0::2]:4000");
        assertThat(net.stack.stats().udpPorts()).isZero();
    }

    @Test
    void unreachableAnswersAreLimited() {
        int answers = 0;
        for (int i = 0; i < 200; i++) {
            answers += net.give(udp(Stack.PEER, 4000, Stack.OWN, 53, "ask")).size();
        }

        assertThat(answers).isEqualTo(50);
        net.now = SECONDS.toNanos(1);
        assertThat(net.give(udp(Stack.PEER, 4000, Stack.OWN, 53, "ask"))).hasSize(1);
    }

    @Test
    void aSumOfZeroPassesOverIpv4Only() {
        net.stack.bind(Optional.empty(), 53, queue).orElseThrow();
        IpPacket v4 = udp(Stack.PEER, 4000, Stack.OWN, 53, "ask");
        v4.bytes().putShort(v4.transportOffset() + 6, (short) 0);
        IpPacket v6 = udp(Stack.PEER_V6, 4000, Stack.OWN_V6, 53, "ask");
        v6.bytes().putShort(v6.transportOffset() + 6, (short) 0);

        net.give(v4);
        net.give(v6);

        assertThat(queue.poll()).isPresent();
        assertThat(queue.poll()).isEmpty();
        assertThat(net.drops(Drop.MALFORMED)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"100.64.0.2", "fd7a:115c:a1e0::2"})
    void aLargeDatagramTravelsInFragmentsInAnyOrder(String client) {
        List<IpPacket> fragments = fragmentsOfLargeDatagram(Packets.ip(client));
        assertThat(fragments).hasSizeGreaterThan(2).allMatch(packet -> packet.length() <= 1280);
        Collections.shuffle(fragments, new Random(5));
        net.stack.bind(Optional.empty(), 53, queue).orElseThrow();

        fragments.forEach(net::give);

        assertThat(queue.poll().orElseThrow().payload().remaining()).isEqualTo(5000);
        assertThat(net.stack.stats().reassemblies()).isZero();
    }

    /// A ping of 3,000 bytes: no packet that we send is longer than the tunnel's.
    @ParameterizedTest
    @ValueSource(strings = {"100.64.0.2", "fd7a:115c:a1e0::2"})
    void aLargePingIsAnsweredInFragments(String client) {
        IpAddress from = Packets.ip(client);
        IpAddress to = from.v4() ? Stack.OWN : Stack.OWN_V6;
        Packets question = new Packets();
        IcmpPacket.write(
                new IpHeader(from, to, IpProtocol.icmp(from.v4()), 7),
                from.v4() ? 8 : 128,
                0,
                42,
                ByteBuffer.allocate(3000).put(2999, (byte) 1),
                new FragmentingSink(question, 1280, new Random(1)));
        List<IpPacket> answers = new ArrayList<>();
        question.take().forEach(part -> answers.addAll(net.give(Packets.packet(part))));

        assertThat(answers).hasSize(3).allMatch(packet -> packet.length() <= 1280);
        Fragments whole = new Fragments(new DropCounters());
        assertThat(answers.stream().flatMap(part -> whole.onFragment(part, 0).stream()))
                .singleElement()
                .matches(packet -> Packets.packet(packet).isEchoReply())
                .matches(packet -> packet.get(packet.limit() - 1) == 1);
    }

    @Test
    void aRepeatedFragmentIsHarmlessAnOverlappingOneKills() {
        net.stack.bind(Optional.empty(), 53, queue).orElseThrow();
        List<IpPacket> good = fragmentsOfLargeDatagram(Stack.PEER);
        net.give(good.getFirst());
        net.give(good.getFirst());
        good.stream().skip(1).forEach(net::give);
        assertThat(queue.poll()).isPresent();

        List<IpPacket> bad = fragmentsOfLargeDatagram(Stack.PEER);
        net.give(bad.getFirst());
        IpPacket overlap = fragment(bad.get(1), bad.get(1).fragmentOffset() - 8);
        net.give(overlap);
        bad.stream().skip(1).forEach(net::give);

        assertThat(queue.poll()).isEmpty();
        net.runUntil(SECONDS.toNanos(31));
        assertThat(net.stack.stats().reassemblies()).isZero();
        assertThat(net.drops(Drop.FRAGMENT)).isPositive();
    }

    @Test
    void fragmentsOfOneSenderTakeBoundedRoom() {
        for (int id = 0; id < 100; id++) {
            IpPacket first = fragmentsOfLargeDatagram(Stack.PEER).getFirst();
            first.bytes().putShort(4, (short) id);
            net.give(first);
        }

        assertThat(net.stack.stats().reassemblies()).isEqualTo(8);
        net.runUntil(SECONDS.toNanos(31));
        assertThat(net.stack.stats().reassemblies()).isZero();
    }

    private static List<IpPacket> fragmentsOfLargeDatagram(IpAddress from) {
        Stack sender = new Stack();
        sender.stack.onAddresses(List.of(from), 0);
        UdpPort port = sender.stack.bind(Optional.empty(), 0, new DatagramQueue()).orElseThrow();
        IpAddress to = from.v4() ? Stack.OWN : Stack.OWN_V6;
        port.send(from, new IpPort(to, 53), ByteBuffer.allocate(5000));
        return new ArrayList<>(sender.flush());
    }

    /// The same IPv4 fragment at another place.
    private static IpPacket fragment(IpPacket packet, int offset) {
        ByteBuffer copy = ByteBuffer.allocate(packet.length());
        copy.put(packet.bytes().duplicate()).flip();
        copy.putShort(6, (short) (0x2000 | offset >>> 3));
        return Packets.packet(copy);
    }

    @Test
    void pingsAreAnsweredUpToALimit() throws MalformedException {
        IpPacket answer = net.give(ping(Stack.PEER, Stack.OWN)).getFirst();
        assertThat(IcmpPacket.of(answer).type()).isZero();
        assertThat(answer.isEchoReply()).isTrue();
        assertThat(net.give(ping(Stack.PEER_V6, Stack.OWN_V6)).getFirst().isEchoReply()).isTrue();

        int answers = 0;
        for (int i = 0; i < 500; i++) {
            answers += net.give(ping(Stack.PEER, Stack.OWN)).size();
        }
        assertThat(answers).isEqualTo(98);
    }

    @Test
    void aSourceRouteOrNoHopsLeftIsDropped() {
        IpPacket noHops = ping(Stack.PEER, Stack.OWN);
        noHops.bytes().put(8, (byte) 0);
        ByteBuffer routed = ByteBuffer.allocate(24 + 8);
        routed.put(ping(Stack.PEER, Stack.OWN).bytes().slice(0, 20));
        routed.put(0, (byte) 0x46).putShort(2, (short) 32);
        routed.put(20, new byte[] {(byte) 131, 3, 4, 0});

        assertThat(net.give(noHops)).isEmpty();
        assertThat(net.give(Packets.packet(routed.clear()))).isEmpty();

        assertThat(net.drops(Drop.BAD_ROUTE)).isEqualTo(2);
    }

    @Test
    void anUnreachableServerRefusesTheConnectionOnlyWithTheRightNumber() {
        net.stack.connect(new IpPort(Stack.PEER, 80), Stack.PEER_KEY, net, 0).orElseThrow();
        IpPacket syn = net.flush().getFirst();
        ByteBuffer forged = ByteBuffer.allocate(syn.length());
        forged.put(syn.bytes().duplicate()).flip().putInt(24, 12345);

        net.give(unreachableAbout(Packets.packet(forged)));
        assertThat(net.events).isEmpty();
        net.give(unreachableAbout(syn));

        assertThat(net.events)
                .singleElement()
                .isEqualTo(new TcpEvent.Closed(TcpEvent.Reason.REFUSED, Optional.empty()));
        assertThat(net.stack.stats().streams()).isZero();
    }

    @Test
    void anUnreachablePortIsToldToTheSenderOfTheDatagram() {
        List<IpPort> told = new ArrayList<>();
        UdpHandler handler =
                new UdpHandler() {
                    @Override
                    public void onDatagram(
                            UdpPort port, IpPort from, IpAddress to, ByteBuffer payload) {}

                    @Override
                    public void onUnreachable(UdpPort port, IpPort remote) {
                        told.add(remote);
                    }
                };
        UdpPort port = net.stack.bind(Optional.of(Stack.OWN), 5000, handler).orElseThrow();
        IpPort remote = new IpPort(Stack.PEER, 53);
        port.send(Stack.OWN, remote, UTF_8.encode("ask"));

        net.give(unreachableAbout(net.flush().getFirst()));

        assertThat(told).containsExactly(remote);
    }

    @ParameterizedTest
    @CsvSource({"0, 600, 600", "0, 400, 1280", "-9999999, 600, 1280"})
    void aPacketTooBigCountsForWhatIsInFlightAndDownToALimit(int seqError, int mtu, int expected) {
        net.listen(80);
        net.give(
                Segments.segment(
                        Stack.PEER, 9, Stack.OWN, 80, Segments.SYN, 0, 0, Segments.synOptions(1)));
        TcpStream stream = net.requests.getFirst().accept(net, 0).orElseThrow();
        int iss = Segments.seq(net.flush().getFirst());
        byte[] timestamps = Segments.timestamps(2, 0);
        net.give(
                Segments.segment(
                        Stack.PEER, 9, Stack.OWN, 80, Segments.ACK, 1, iss + 1, timestamps));
        stream.write(ByteBuffer.allocate(50_000), 0);
        IpPacket sent = net.flush().getFirst();
        assertThat(sent.length()).isEqualTo(1280);

        ByteBuffer quoted = ByteBuffer.allocate(28);
        quoted.put(sent.bytes().slice(0, 28)).flip().putInt(24, Segments.seq(sent) + seqError);
        net.give(fragmentationNeeded(quoted, mtu));
        net.give(
                Segments.segment(
                        Stack.PEER,
                        9,
                        Stack.OWN,
                        80,
                        Segments.ACK,
                        1,
                        Segments.seq(sent) + 1228,
                        timestamps));

        stream.write(ByteBuffer.allocate(50_000), 0);
        int largest =
                net.runUntil(SECONDS.toNanos(1)).stream()
                        .mapToInt(IpPacket::length)
                        .max()
                        .orElseThrow();
        assertThat(largest).isEqualTo(expected);
    }

    private static IpPacket fragmentationNeeded(ByteBuffer quoted, int mtu) {
        Packets written = new Packets();
        IpHeader header = new IpHeader(Stack.PEER, Stack.OWN, IpProtocol.ICMP, 0);
        IcmpPacket.write(header, 3, 4, mtu, quoted, written);
        return Packets.packet(written.single());
    }

    private static IpPacket unreachableAbout(IpPacket packet) {
        Packets written = new Packets();
        IcmpPacket.writeUnreachable(packet, IcmpPacket.PORT_UNREACHABLE_V4, written);
        return Packets.packet(written.single());
    }

    private static IpPacket ping(IpAddress from, IpAddress to) {
        Packets written = new Packets();
        IpHeader header = new IpHeader(from, to, IpProtocol.icmp(from.v4()), 0);
        IcmpPacket.write(header, from.v4() ? 8 : 128, 0, 1, ByteBuffer.allocate(10), written);
        return Packets.packet(written.single());
    }

    private static IpPacket udp(
            IpAddress from, int fromPort, IpAddress to, int toPort, String text) {
        Packets written = new Packets();
        IpHeader header = new IpHeader(from, to, IpProtocol.UDP, 0);
        UdpPacket.write(header, fromPort, toPort, UTF_8.encode(text), written);
        return Packets.packet(written.single());
    }
}
