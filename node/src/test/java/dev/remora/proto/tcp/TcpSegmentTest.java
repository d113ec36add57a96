package dev.remora.proto.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.proto.ip.PacketSink;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Reading and writing segments, held to what Linux sends (`vectors/tcp/linux.hex`).
final class TcpSegmentTest {
    private static final int IP = 20;

    private final TcpSegment segment = new TcpSegment();

    @Test
    void readsASyn() throws MalformedException {
        parse(vector("syn"));

        assertThat(segment.flags()).isEqualTo(TcpSegment.SYN);
        assertThat(segment.sourcePort()).isEqualTo(46460);
        assertThat(segment.destinationPort()).isEqualTo(5003);
        assertThat(segment.seq()).isEqualTo(0x5a412c82);
        assertThat(segment.window()).isEqualTo(64480);
        assertThat(segment.mss()).isEqualTo(1240);
        assertThat(segment.sackPermitted()).isTrue();
        assertThat(segment.windowShift()).isEqualTo(10);
        assertThat(segment.hasTimestamps()).isTrue();
        assertThat(segment.tsValue()).isEqualTo(0x556424dc);
        assertThat(segment.length()).isEqualTo(1);
    }

    @Test
    void readsPayload() throws MalformedException {
        parse(vector("request"));

        byte[] payload = new byte[segment.payloadLength()];
        segment.payload(0, payload.length).get(payload);

        assertThat(new String(payload, StandardCharsets.US_ASCII))
                .isEqualTo("GET / HTTP/1.1\r\n\r\n");
        assertThat(segment.tsEcho()).isEqualTo(0xa64ccc44);
    }

    @Test
    void readsSackBlocks() throws MalformedException {
        parse(vector("sack"));

        assertThat(segment.sackBlocks()).isEqualTo(3);
        assertThat(segment.sackLeft(0)).isEqualTo(0x56b617ab);
        assertThat(segment.sackRight(0)).isEqualTo(0x56b62143);
        assertThat(segment.sackLeft(2)).isEqualTo(0x56b5b2ef);
        assertThat(segment.sackRight(2)).isEqualTo(0x56b5c153);
    }

    @Test
    void writesTheSameSynAsLinux() {
        ByteBuffer packet = vector("syn");
        Sink sink = new Sink();
        SegmentWriter writer = new SegmentWriter(linuxFlow());
        writer.stamp(0, 64480);
        writer.timestamps(0x556424dc, 0);

        writer.syn(sink, TcpSegment.SYN, 0x5a412c82, 1240, true, 10);

        assertThat(tcp(sink.written.getFirst())).isEqualTo(tcp(packet));
    }

    @Test
    void writesTheSameRequestAsLinux() {
        ByteBuffer packet = vector("request");
        SendQueue queue = new SendQueue(CountingMemory.plenty(), 1);
        queue.write(
                ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)), 100);
        Sink sink = new Sink();
        SegmentWriter writer = new SegmentWriter(linuxFlow());
        writer.stamp(0xd4d68524, 0x3f);
        writer.timestamps(0x55642542, 0xa64ccc44);

        writer.data(sink, TcpSegment.PSH | TcpSegment.ACK, 0x5a412c83, queue, 1, 18);

        assertThat(tcp(sink.written.getFirst())).isEqualTo(tcp(packet));
    }

    @Test
    void writesTheSameSackOptionAsLinux() {
        ByteBuffer packet = vector("sack");
        Ranges ahead = new Ranges();
        int initial = 0x56b5ae22;
        ahead.add(0x56b5b2ef - initial, 0x56b5c153 - initial);
        ahead.add(0x56b5c61f - initial, 0x56b612df - initial);
        ahead.add(0x56b617ab - initial, 0x56b62143 - initial);
        SackBlocks blocks = new SackBlocks(ahead, initial);
        blocks.enable(true);
        Sink sink = new Sink();
        SegmentWriter writer =
                new SegmentWriter(new Flow(linuxFlow().local(), 38942, linuxFlow().remote(), 5002));
        writer.stamp(0x56b5ae23, 0x43);
        writer.timestamps(0x661563ad, 0xa64cd9fc);

        writer.acknowledgement(sink, 0x63df9c02, blocks);

        assertThat(tcp(sink.written.getFirst())).isEqualTo(tcp(packet));
    }

    @ParameterizedTest
    @ValueSource(strings = {"syn", "request", "sack", "fin"})
    void readsOrRefusesEveryPrefix(String name) {
        ByteBuffer packet = vector(name);
        int headerLength = (packet.get(IP + 12) & 0xf0) >>> 2;
        for (int end = IP; end <= packet.limit(); end++) {
            int to = end;
            if (end < IP + headerLength) {
                assertThatThrownBy(() -> segment.parse(packet, IP, to))
                        .isInstanceOf(MalformedException.class);
            } else {
                assertThat(parse(packet, end).payloadLength()).isEqualTo(end - IP - headerLength);
            }
        }
    }

    @Test
    void stopsAtAnOptionWhoseLengthDoesNotFitAndKeepsWhatCameBefore() throws MalformedException {
        parse(withOptions("020404d8 03000101"));
        assertThat(segment.mss()).isEqualTo(1240);
        assertThat(segment.windowShift()).isEqualTo(-1);

        parse(withOptions("020404d8 030a0701"));
        assertThat(segment.windowShift()).isEqualTo(-1);
    }

    @Test
    void skipsUnknownOptionsAndTakesTheLastOfTwo() throws MalformedException {
        parse(withOptions("fd06aabbccdd 0101 020401f4 020404d8"));

        assertThat(segment.mss()).isEqualTo(1240);
    }

    @Test
    void limitsTheWindowShift() throws MalformedException {
        parse(withOptions("01 0303ff"));

        assertThat(segment.windowShift()).isEqualTo(14);
    }

    @Test
    void refusesPortZeroAndSenselessFlags() {
        for (int flags :
                new int[] {
                    0,
                    TcpSegment.PSH,
                    TcpSegment.SYN | TcpSegment.FIN,
                    TcpSegment.SYN | TcpSegment.RST
                }) {
            ByteBuffer packet = vector("fin").put(IP + 13, (byte) flags);
            assertThatThrownBy(() -> segment.parse(packet, IP, packet.limit()))
                    .hasMessage("tcp flags");
        }
        ByteBuffer packet = vector("fin").putShort(IP, (short) 0);
        assertThatThrownBy(() -> segment.parse(packet, IP, packet.limit()))
                .hasMessage("tcp port 0");
    }

    private static Flow linuxFlow() {
        return new Flow(IpAddress.v4(0x0a090001), 46460, IpAddress.v4(0x0a090002), 5003);
    }

    private void parse(ByteBuffer packet) throws MalformedException {
        segment.parse(packet, IP, packet.limit());
    }

    private TcpSegment parse(ByteBuffer packet, int end) {
        try {
            return segment.parse(packet, IP, end);
        } catch (MalformedException e) {
            throw new AssertionError(e.reason(), e);
        }
    }

    private static ByteBuffer withOptions(String hex) {
        ByteBuffer options = ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
        return SegmentText.packet(SegmentText.flow(true), TcpSegment.SYN, 0, 0, 0, options, 0, 0);
    }

    private static byte[] tcp(ByteBuffer packet) {
        byte[] bytes = new byte[packet.limit() - IP];
        packet.get(IP, bytes);
        return bytes;
    }

    private static ByteBuffer vector(String name) {
        try (InputStream in = TcpSegmentTest.class.getResourceAsStream("/vectors/tcp/linux.hex")) {
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            String line =
                    text.lines().filter(l -> l.startsWith(name + ":")).findFirst().orElseThrow();
            byte[] bytes =
                    HexFormat.of().parseHex(line.substring(name.length() + 1).replace(" ", ""));
            return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Sink implements PacketSink {
        private final List<ByteBuffer> written = new ArrayList<>();

        @Override
        public ByteBuffer begin(int maxLength) {
            return ByteBuffer.allocateDirect(maxLength);
        }

        @Override
        public void end(ByteBuffer packet) {
            written.add(packet);
        }
    }
}
