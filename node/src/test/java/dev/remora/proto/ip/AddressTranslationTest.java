package dev.remora.proto.ip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.IpAddress;
import dev.remora.testing.Packets;
import dev.remora.testing.Segments;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A translated packet is, byte for byte, the one that its sender would have written with the other address.
class AddressTranslationTest {
    private static final byte[] DATA = new byte[21];

    static {
        new Random(3).nextBytes(DATA);
    }

    private record Family(IpAddress one, IpAddress two, IpAddress other) {}

    private static final Family V4 =
            new Family(
                    Packets.ip("100.64.0.1"),
                    Packets.ip("100.101.102.103"),
                    Packets.ip("100.127.255.254"));
    private static final Family V6 =
            new Family(
                    Packets.ip("fd7a:115c:a1e0::1"),
                    Packets.ip("fd7a:115c:a1e0::ffff:2"),
                    Packets.ip("fd7a:115c:a1e0:ab12:4843:cd96:6244:1122"));

    /// A packet for any two addresses.
    private interface Writer extends BiFunction<IpAddress, IpAddress, ByteBuffer> {}

    private static ByteBuffer udp(IpAddress from, IpAddress to) {
        Packets sink = new Packets();
        UdpPacket.write(
                new IpHeader(from, to, IpProtocol.UDP, 9), 1, 2, ByteBuffer.wrap(DATA), sink);
        return sink.single();
    }

    private static ByteBuffer tcp(IpAddress from, IpAddress to) {
        return Segments.segment(from, 1, to, 2, Segments.ACK, 3, 4, new byte[0], DATA).bytes();
    }

    private static ByteBuffer echo(IpAddress from, IpAddress to) {
        Packets sink = new Packets();
        IpHeader header = new IpHeader(from, to, IpProtocol.icmp(from.v4()), 9);
        IcmpPacket.write(header, from.v4() ? 8 : 128, 0, 7, ByteBuffer.wrap(DATA), sink);
        return sink.single();
    }

    private static ByteBuffer tsmp(IpAddress from, IpAddress to) {
        Packets sink = new Packets();
        new TsmpMessage.Ping(5).write(new IpHeader(from, to, IpProtocol.TSMP, 9), sink);
        return sink.single();
    }

    private static ByteBuffer laterFragment(IpAddress from, IpAddress to) {
        ByteBuffer out = ByteBuffer.allocate(100);
        new IpHeader(from, to, IpProtocol.UDP, 9).writeFragment(out, DATA.length, 800, false, 77);
        return out.put(DATA).flip();
    }

    static Stream<Named<Writer>> packets() {
        return Stream.of(
                Named.of("TCP", AddressTranslationTest::tcp),
                Named.of("UDP", AddressTranslationTest::udp),
                Named.of("echo", AddressTranslationTest::echo),
                Named.of("TSMP", AddressTranslationTest::tsmp),
                Named.of("a later fragment", AddressTranslationTest::laterFragment));
    }

    @ParameterizedTest
    @MethodSource("packets")
    void anotherSourceChangesWhatHangsOnIt(Writer writer) {
        for (Family family : new Family[] {V4, V6}) {
            ByteBuffer packet = writer.apply(family.one, family.two);
            AddressTranslation.replaceSource(Packets.packet(packet), family.other);
            assertThat(packet).isEqualTo(writer.apply(family.other, family.two));
        }
    }

    @ParameterizedTest
    @MethodSource("packets")
    void anotherDestinationChangesWhatHangsOnIt(Writer writer) {
        for (Family family : new Family[] {V4, V6}) {
            ByteBuffer packet = writer.apply(family.one, family.two);
            AddressTranslation.replaceDestination(Packets.packet(packet), family.other);
            assertThat(packet).isEqualTo(writer.apply(family.one, family.other));
        }
    }

    @Test
    void aDatagramWithoutChecksumStaysWithoutOne() throws Exception {
        ByteBuffer packet = udp(V4.one, V4.two).putShort(26, (short) 0);
        AddressTranslation.replaceSource(Packets.packet(packet), V4.other);
        assertThat(packet.getShort(26)).isZero();
        assertThat(UdpPacket.of(Packets.packet(packet)).src().ip()).isEqualTo(V4.other);
    }

    /// RFC 768: a checksum that comes out as zero is sent as all ones.
    @Test
    void aChecksumOfADatagramNeverBecomesNone() {
        for (int last = 0; last < 0x10000; last++) {
            ByteBuffer packet = udp(V4.one, V4.two);
            AddressTranslation.replaceSource(
                    Packets.packet(packet), IpAddress.v4(0x64400000 | last));
            assertThat(packet.getShort(26)).isNotZero();
        }
    }

    @Test
    void aWrongChecksumStaysWrong() {
        ByteBuffer packet = udp(V4.one, V4.two);
        packet.put(30, (byte) ~packet.get(30));
        AddressTranslation.replaceSource(Packets.packet(packet), V4.other);
        assertThatThrownBy(() -> UdpPacket.of(Packets.packet(packet)))
                .hasMessageContaining("checksum");
    }

    private static ByteBuffer unreachable(IpAddress from, IpAddress to, ByteBuffer about) {
        Packets sink = new Packets();
        int type = from.v4() ? 3 : 1;
        IpHeader header = new IpHeader(from, to, IpProtocol.icmp(from.v4()), 0);
        IcmpPacket.write(header, type, 3, 0, about.duplicate(), sink);
        return sink.single();
    }

    /// One we get: it is about a packet of ours, and goes to the address that stood on it.
    @Test
    void anErrorIsTranslatedTogetherWithThePacketItIsAbout() throws Exception {
        for (Family family : new Family[] {V4, V6}) {
            ByteBuffer error = unreachable(family.two, family.other, udp(family.other, family.two));
            AddressTranslation.replaceDestination(Packets.packet(error), family.one);
            IcmpPacket read = IcmpPacket.of(Packets.packet(error));
            assertThat(read.quoted())
                    .get()
                    .returns(family.one, quoted -> quoted.src().ip())
                    .returns(family.two, quoted -> quoted.dst().ip());
            assertThat(read.ip().dst()).isEqualTo(family.one);
        }
    }

    /// One we send: it is about a packet that came to the address we were known by.
    @Test
    void anErrorOfOursNamesTheAddressThatItsReceiverUsed() throws Exception {
        for (Family family : new Family[] {V4, V6}) {
            ByteBuffer error = unreachable(family.one, family.two, udp(family.two, family.one));
            AddressTranslation.replaceSource(Packets.packet(error), family.other);
            IcmpPacket read = IcmpPacket.of(Packets.packet(error));
            assertThat(read.quoted())
                    .get()
                    .returns(family.two, quoted -> quoted.src().ip())
                    .returns(family.other, quoted -> quoted.dst().ip());
        }
    }

    @Test
    void aQuoteThatIsCutOffOrOfAnotherPacketIsLeftAlone() throws Exception {
        ByteBuffer whole = udp(V4.other, V4.two);
        for (int length = 0; length < whole.limit(); length++) {
            ByteBuffer quote = whole.duplicate().limit(length);
            ByteBuffer error = unreachable(V4.two, V4.other, quote);
            AddressTranslation.replaceDestination(Packets.packet(error), V4.one);
            assertThat(IcmpPacket.of(Packets.packet(error)).ip().dst()).isEqualTo(V4.one);
        }
        ByteBuffer about = unreachable(V4.two, V4.other, udp(V4.one, V4.two));
        ByteBuffer expected = unreachable(V4.two, V4.one, udp(V4.one, V4.two));
        AddressTranslation.replaceDestination(Packets.packet(about), V4.one);
        assertThat(about).isEqualTo(expected);
    }
}
