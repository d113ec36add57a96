package dev.remora.server.netmap;

import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Puts messages into frames. Each is a zstd frame of its own where the client asked for that, else plain JSON.
///
///     0        4              4+n
///     | n, LE  | one message  |
///
/// What many clients are told is compressed once: small messages as a whole, in large ones each run of peers.
final class Frames {
    static final int HEADER = 4;
    private static final byte[] KEEP_ALIVE =
            "{\"KeepAlive\":true}".getBytes(StandardCharsets.UTF_8);

    /// Below this zstd gains less than its tables cost: the message goes as one raw block (RFC 8878, 3.1.1.2.2).
    private static final int SMALL = 256;

    /// From here on runs of peers are compressed on their own, which makes a message somewhat longer.
    private static final int LARGE = 16 << 10;

    private static final int KEPT = 32;
    private static final int LARGEST_KEPT = 128 << 10;
    private static final int ZSTD_MAGIC = 0xFD2FB528;

    private final byte[] plainKeepAlive = plain(KEEP_ALIVE);
    private final byte[] packedKeepAlive = rawBlock(KEEP_ALIVE);
    private final Map<ByteBuffer, byte[]> recent = new LinkedHashMap<>();
    private final PackedRuns runs = new PackedRuns();

    byte[] of(Message message, boolean zstd) {
        if (zstd && message.hasRuns() && message.length() >= LARGE) {
            return inParts(message);
        }
        byte[] json = message.json();
        if (!zstd) {
            return plain(json);
        }
        if (json.length < SMALL) {
            return rawBlock(json);
        }
        return json.length > LARGEST_KEPT ? compressed(json) : shared(json);
    }

    byte[] keepAlive(boolean zstd) {
        return zstd ? packedKeepAlive : plainKeepAlive;
    }

    private byte[] inParts(Message message) {
        List<Blocks.Part> parts = new ArrayList<>();
        for (Message.Piece piece : message.pieces()) {
            parts.add(
                    switch (piece) {
                        case Message.Text(byte[] json) -> Blocks.part(json);
                        case Message.Run run -> runs.packed(run);
                    });
        }
        byte[] frame = Blocks.frame(parts, HEADER);
        withLength(frame, frame.length - HEADER);
        return frame;
    }

    private byte[] shared(byte[] json) {
        ByteBuffer key = ByteBuffer.wrap(json);
        synchronized (recent) {
            byte[] known = recent.get(key);
            if (known != null) {
                return known;
            }
        }
        byte[] frame = compressed(json);
        synchronized (recent) {
            recent.put(key, frame);
            if (recent.size() > KEPT) {
                recent.remove(recent.keySet().iterator().next());
            }
        }
        return frame;
    }

    private static byte[] compressed(byte[] json) {
        // made for each message: it is cheap, and not for several threads
        ZstdJavaCompressor zstd = new ZstdJavaCompressor();
        byte[] frame = new byte[HEADER + zstd.maxCompressedLength(json.length)];
        int length = zstd.compress(json, 0, json.length, frame, HEADER, frame.length - HEADER);
        withLength(frame, length);
        return Arrays.copyOf(frame, HEADER + length);
    }

    /// One segment, its size in one byte, no checksum, one block that is the last.
    private static byte[] rawBlock(byte[] json) {
        byte[] frame = new byte[HEADER + 9 + json.length];
        ByteBuffer out = withLength(frame, frame.length - HEADER);
        out.putInt(ZSTD_MAGIC).put((byte) 0x20).put((byte) json.length);
        int block = json.length << 3 | 1;
        out.put((byte) block).put((byte) (block >> 8)).put((byte) (block >> 16)).put(json);
        return frame;
    }

    private static byte[] plain(byte[] json) {
        byte[] frame = new byte[HEADER + json.length];
        withLength(frame, json.length).put(json);
        return frame;
    }

    private static ByteBuffer withLength(byte[] frame, int length) {
        return ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(length);
    }
}
