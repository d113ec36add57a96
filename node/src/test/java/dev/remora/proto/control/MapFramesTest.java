package dev.remora.proto.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.MalformedException;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MapFramesTest {
    /// Section 9.5 of the protocol reference.
    private static final String KEEP_ALIVE = hex("{\"KeepAlive\":true}");

    private static final MapFrames.Limits SMALL = new MapFrames.Limits(1 << 16, 1 << 20);

    @Test
    void readsAKeepAliveWithoutCompression() throws Exception {
        assertThat(read(false, "12000000" + KEEP_ALIVE))
                .singleElement()
                .matches(MapResponse::keepAlive);
    }

    @ParameterizedTest
    @ValueSource(strings = {"28b52ffd2012910000", "28b52ffd0048910000"})
    void readsACompressedKeepAliveWithAndWithoutItsSize(String header) throws Exception {
        assertThat(read(true, "1b000000" + header + KEEP_ALIVE))
                .singleElement()
                .matches(MapResponse::keepAlive);
    }

    @Test
    void readsMessagesHoweverTheyAreCut() throws Exception {
        byte[] stream = join(frame("{\"Seq\":1}"), frame("{\"Seq\":2}"), frame("{\"Seq\":3}"));
        for (int piece = 1; piece <= stream.length; piece++) {
            MapFrames frames = new MapFrames(true, SMALL);
            List<Long> read = new ArrayList<>();
            for (int at = 0; at < stream.length; at += piece) {
                frames.add(ByteBuffer.wrap(stream, at, Math.min(piece, stream.length - at)));
                drain(frames).forEach(message -> read.add(message.seq()));
            }
            assertThat(read).as("pieces of %d", piece).containsExactly(1L, 2L, 3L);
            assertThat(frames.isAtBorder()).isTrue();
        }
    }

    @Test
    void saysWhenAStreamEndsInTheMiddle() throws Exception {
        byte[] frame = frame("{\"Seq\":1}");
        MapFrames frames = new MapFrames(true, SMALL);

        frames.add(ByteBuffer.wrap(frame, 0, frame.length - 1));

        assertThat(frames.next()).isEmpty();
        assertThat(frames.isAtBorder()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, (1 << 16) + 1, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void refusesALengthBeforeWaitingForIt(int length) {
        byte[] header =
                ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(length).array();
        MapFrames frames = new MapFrames(true, SMALL);
        frames.add(ByteBuffer.wrap(header));

        assertThatThrownBy(frames::next).isInstanceOf(MalformedException.class);
    }

    @Test
    void refusesAMessageThatGrowsTooLarge() {
        String tooLarge = "{\"Domain\":\"" + "x".repeat(2 << 20) + "\"}";

        assertThatThrownBy(() -> read(true, hex(frame(tooLarge))))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("too large");
    }

    /// The frame says nothing of its size; its one block repeats a byte 128 KiB times, 48 times over.
    @Test
    void refusesABombThatHidesItsSize() {
        String block = "0200100041";
        String last = "0300100041";
        String bomb = "28b52ffd0058" + block.repeat(47) + last;

        assertThatThrownBy(() -> read(true, lengthOf(bomb) + bomb))
                .isInstanceOf(MalformedException.class);
    }

    /// A size of 2^40 in the frame's header and nothing behind it.
    @Test
    void refusesASizeThatIsOnlyClaimed() {
        String claim = "28b52ffde0" + "0000000000010000" + "010000";

        assertThatThrownBy(() -> read(true, lengthOf(claim) + claim))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("too large");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"00", "28b52ffd", "28b52ffd20129100", "deadbeefdeadbeef", "28b52ffd2012"})
    void refusesWhatIsNotZstd(String bytes) {
        assertThatThrownBy(() -> read(true, lengthOf(bytes) + bytes))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void everyBrokenByteIsReadOrRefused() {
        byte[] good = frame("{\"Node\":{\"ID\":1,\"Name\":\"n1.lab.test.\"},\"Domain\":\"lab\"}");
        for (int i = 4; i < good.length; i++) {
            for (int flip = 1; flip < 256; flip <<= 1) {
                byte[] bad = good.clone();
                bad[i] ^= (byte) flip;
                try {
                    read(true, hex(bad));
                } catch (MalformedException e) {
                    assertThat(e.reason()).isNotEmpty();
                }
            }
        }
    }

    private static List<MapResponse> read(boolean compressed, String hex)
            throws MalformedException {
        MapFrames frames = new MapFrames(compressed, SMALL);
        frames.add(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
        return drain(frames);
    }

    private static List<MapResponse> drain(MapFrames frames) throws MalformedException {
        List<MapResponse> read = new ArrayList<>();
        for (Optional<MapResponse> next = frames.next(); next.isPresent(); next = frames.next()) {
            read.add(next.get());
        }
        return read;
    }

    private static byte[] frame(String json) {
        byte[] plain = json.getBytes(StandardCharsets.UTF_8);
        ZstdJavaCompressor zstd = new ZstdJavaCompressor();
        byte[] out = new byte[zstd.maxCompressedLength(plain.length)];
        int length = zstd.compress(plain, 0, plain.length, out, 0, out.length);
        return ByteBuffer.allocate(4 + length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .put(Arrays.copyOf(out, length))
                .array();
    }

    private static String lengthOf(String hex) {
        return HexFormat.of().toHexDigits((byte) (hex.length() / 2)) + "000000";
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static String hex(String text) {
        return hex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
