package dev.remora.server.netmap;

import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// Zstandard (RFC 8878) whose parts are compressed one by one, each for all messages it will be a part of.
///
///     | magic 4 | descriptor, window 2 | length 4 | blocks of each part | empty last block 3 |
///
/// The compressor takes a part for a frame's beginning, where there are no tables to use again and the last three offsets
/// are known. In the middle of a frame the second does not hold, so a part has a preface: two blocks that leave these
/// offsets, and 19 blanks, behind. JSON does not mind.
final class Blocks {
    private static final int MAGIC = 0xFD2FB528;

    /// The length is in four bytes, there is no checksum, and the window is 8 MB, which every decoder should have.
    private static final short DESCRIPTOR = 0x6880;

    private static final int FRAME_HEADER = 10;
    private static final int BLOCK_HEADER = 3;

    /// A block that is the last, raw and empty.
    private static final byte[] END = {1, 0, 0};

    /// Each block: blanks as literals of one byte, then sequences with one code for all lengths and offsets. Offset 8; then
    /// 4 and 1.
    private static final byte[] PREFACE =
            HexFormat.ofDelimiter(" ")
                    .parseHex(
                            "44 00 00 41 20 01 54 08 03 00 0b"
                                    + " "
                                    + "44 00 00 11 20 02 54 01 02 00 1c");

    static final int BLANKS = 19;

    /// Below this a part is not worth the preface.
    private static final int SMALL = 128;

    /// One part.
    ///
    /// @param blocks none of them is marked as the last
    /// @param length of what they become
    @SuppressWarnings("ArrayRecordComponent") // shared, never changed or compared
    record Part(byte[] blocks, int length) {}

    private Blocks() {}

    static Part part(byte[] text) {
        return text.length < SMALL ? raw(text) : compressed(text);
    }

    private static Part raw(byte[] text) {
        byte[] block = new byte[BLOCK_HEADER + text.length];
        ByteBuffer out = little(block);
        header(out, text.length << 3);
        out.put(text);
        return new Part(block, text.length);
    }

    private static Part compressed(byte[] text) {
        // made for each part: it is cheap, and not for several threads
        ZstdJavaCompressor zstd = new ZstdJavaCompressor();
        byte[] frame = new byte[zstd.maxCompressedLength(text.length)];
        int length = zstd.compress(text, 0, text.length, frame, 0, frame.length);
        int from = headerLength(frame[4]);
        int to = unmarkLast(frame, from);
        if (to > length) {
            throw new IllegalStateException("blocks beyond their frame");
        }
        byte[] blocks = Arrays.copyOf(PREFACE, PREFACE.length + to - from);
        System.arraycopy(frame, from, blocks, PREFACE.length, to - from);
        return new Part(blocks, BLANKS + text.length);
    }

    /// Of a frame without a dictionary (section 3.1.1.1).
    private static int headerLength(byte descriptor) {
        boolean single = (descriptor & 0x20) != 0;
        int lengthBytes =
                switch (descriptor >> 6 & 3) {
                    case 0 -> single ? 1 : 0;
                    case 1 -> 2;
                    case 2 -> 4;
                    default -> 8;
                };
        return Integer.BYTES + 1 + (single ? 0 : 1) + lengthBytes;
    }

    /// @return where the blocks end
    private static int unmarkLast(byte[] frame, int from) {
        int at = from;
        while (true) {
            int head =
                    frame[at] & 0xff | (frame[at + 1] & 0xff) << 8 | (frame[at + 2] & 0xff) << 16;
            boolean repeated = (head >> 1 & 3) == 1;
            int end = at + BLOCK_HEADER + (repeated ? 1 : head >> 3);
            if ((head & 1) != 0) {
                frame[at] &= (byte) ~1;
                return end;
            }
            at = end;
        }
    }

    /// @param room how many bytes to leave free in front
    static byte[] frame(List<Part> parts, int room) {
        int packed = parts.stream().mapToInt(part -> part.blocks.length).sum();
        int length = parts.stream().mapToInt(Part::length).sum();
        byte[] frame = new byte[room + FRAME_HEADER + packed + END.length];
        ByteBuffer out = little(frame).position(room);
        out.putInt(MAGIC).putShort(DESCRIPTOR).putInt(length);
        parts.forEach(part -> out.put(part.blocks));
        out.put(END);
        return frame;
    }

    private static void header(ByteBuffer out, int head) {
        out.put((byte) head).put((byte) (head >> 8)).put((byte) (head >> 16));
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
