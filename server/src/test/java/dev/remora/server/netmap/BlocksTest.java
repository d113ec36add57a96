package dev.remora.server.netmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.netmap.Blocks.Part;
import io.airlift.compress.v3.zstd.ZstdDecompressor;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import io.airlift.compress.v3.zstd.ZstdNativeDecompressor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BlocksTest {
    private static final int PARTS = 24;
    private static final int ROOM = 4;

    private final SplittableRandom random = new SplittableRandom(8878);

    /// The one our nodes use, and the reference implementation where there is one for this machine.
    static Stream<ZstdDecompressor> decompressors() {
        return ZstdNativeDecompressor.isEnabled()
                ? Stream.of(new ZstdJavaDecompressor(), new ZstdNativeDecompressor())
                : Stream.of(new ZstdJavaDecompressor());
    }

    /// Parts of all kinds and sizes, some of which begin with what a compressor likes to take for a repetition.
    private byte[] text(int kind) {
        int length = 1 + random.nextInt(kind % 4 == 0 ? 300_000 : 3_000);
        StringBuilder text = new StringBuilder("x".repeat(kind % 3 == 0 ? 60 : 1));
        while (text.length() < length) {
            switch (kind % 4) {
                case 0 -> text.append("{\"ID\":").append(random.nextInt(100)).append("},");
                case 1 -> text.append((char) (' ' + random.nextInt(90)));
                case 2 -> text.append("abcd");
                default -> text.append('x');
            }
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("decompressors")
    void partsAreReadInAnyOrder(ZstdDecompressor decompressor) {
        List<byte[]> texts = new ArrayList<>();
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < PARTS; i++) {
            texts.add(text(i));
            parts.add(Blocks.part(texts.getLast()));
        }
        for (int round = 0; round < 40; round++) {
            StringBuilder said = new StringBuilder();
            List<Part> chosen = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int which = random.nextInt(PARTS);
                chosen.add(parts.get(which));
                said.append(" ".repeat(parts.get(which).length() - texts.get(which).length));
                said.append(new String(texts.get(which), StandardCharsets.UTF_8));
            }
            byte[] frame = Blocks.frame(chosen, ROOM);
            long length = decompressor.getDecompressedSize(frame, ROOM, frame.length - ROOM);
            assertThat(length).isEqualTo(said.length());
            byte[] read = new byte[said.length()];
            int size =
                    decompressor.decompress(frame, ROOM, frame.length - ROOM, read, 0, read.length);
            assertThat(size).isEqualTo(read.length);
            assertThat(new String(read, StandardCharsets.UTF_8)).isEqualTo(said.toString());
        }
    }
}
