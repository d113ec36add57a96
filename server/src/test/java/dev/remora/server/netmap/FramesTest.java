package dev.remora.server.netmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.proto.control.MapFrames;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FramesTest {
    private final Frames frames = new Frames();

    private static byte[] json(int length) {
        byte[] text = new byte[length];
        Arrays.fill(text, (byte) 'x');
        text[0] = '"';
        text[length - 1] = '"';
        return text;
    }

    private static Message message(byte[] json) {
        return Message.of(List.of(new Message.Text(json)));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 100, 255, 256, 257, 5000, 131_072, 131_073, 200_000})
    void whatIsPackedIsWhatWasSaid(int length) {
        byte[] frame = frames.of(message(json(length)), true);

        ByteBuffer in = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(in.getInt()).isEqualTo(frame.length - Frames.HEADER);
        byte[] out = new byte[length];
        int read =
                new ZstdJavaDecompressor()
                        .decompress(
                                frame, Frames.HEADER, frame.length - Frames.HEADER, out, 0, length);
        assertThat(read).isEqualTo(length);
        assertThat(out).isEqualTo(json(length));
    }

    /// RFC 8878: magic, a single segment of 18 bytes, one raw block that is the last.
    @Test
    void aSignOfLifeIsExactlyThis() {
        assertThat(HexFormat.of().formatHex(frames.keepAlive(true)))
                .isEqualTo(
                        "1b000000"
                                + "28b52ffd"
                                + "2012"
                                + "910000"
                                + HexFormat.of()
                                        .formatHex(
                                                "{\"KeepAlive\":true}"
                                                        .getBytes(StandardCharsets.UTF_8)));
        assertThat(frames.keepAlive(false))
                .isEqualTo("\u0012\0\0\0{\"KeepAlive\":true}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatManyAreToldIsPackedOnce() {
        byte[] first = frames.of(message(json(1000)), true);
        assertThat(frames.of(message(json(1000)), true)).isSameAs(first);
        for (int i = 0; i < 64; i++) {
            frames.of(message(json(2000 + i)), true);
        }
        assertThat(frames.of(message(json(1000)), true))
                .as("forgotten")
                .isNotSameAs(first)
                .isEqualTo(first);
    }

    @Test
    void ourOwnNodesReadThem() throws Exception {
        MapFrames reader = new MapFrames(true, MapFrames.Limits.DEFAULT);
        reader.add(ByteBuffer.wrap(frames.keepAlive(true)));

        assertThat(reader.next().orElseThrow().keepAlive()).isTrue();
        assertThat(reader.isAtBorder()).isTrue();
    }
}
