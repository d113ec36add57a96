package dev.remora.proto.tcp;

import java.nio.ByteBuffer;

/// The option bytes behind a TCP header: kind, length, value (RFC 9293 §3.1, RFC 7323, RFC 2018).
///
///     SYN:      MSS 4 | SACK-permitted 2 + timestamps 10, or 2 NOP + timestamps 10 | NOP + window scale 3
///     others:   NOP NOP timestamps 10 | NOP NOP SACK 2 + 8·n
final class TcpOptions {
    private static final int END = 0;
    private static final int NOP = 1;
    private static final int MSS = 2;
    private static final int WINDOW_SCALE = 3;
    private static final int SACK_PERMITTED = 4;
    private static final int SACK = 5;
    private static final int TIMESTAMPS = 8;

    /// NOP, NOP, kind and length of the timestamps option: the first word of nearly every segment's options.
    static final int TIMESTAMPS_WORD = NOP << 24 | NOP << 16 | TIMESTAMPS << 8 | 10;

    /// Bytes of the timestamps option with its padding.
    static final int TIMESTAMPS_PADDED = 12;

    private TcpOptions() {}

    /// Reads what we know, skips the rest by its length. Stops at the first option whose length does not fit and keeps
    /// what was read; of duplicates the last one wins.
    static void parse(ByteBuffer in, int from, int to, TcpSegment into) {
        int at = from;
        while (at < to) {
            int kind = in.get(at);
            if (kind == END) {
                return;
            }
            if (kind == NOP) {
                at++;
                continue;
            }
            int length = at + 1 < to ? in.get(at + 1) & 0xff : 0;
            if (length < 2 || at + length > to) {
                return;
            }
            parseOne(kind, length, in, at + 2, into);
            at += length;
        }
    }

    private static void parseOne(int kind, int length, ByteBuffer in, int value, TcpSegment into) {
        if (kind == TIMESTAMPS && length == 10) {
            into.timestamps(value);
        } else if (kind == SACK && (length - 2) % 8 == 0) {
            into.sackBlocks(value, (length - 2) / 8);
        } else if (kind == MSS && length == 4) {
            into.mss(in.getShort(value) & 0xffff);
        } else if (kind == WINDOW_SCALE && length == 3) {
            into.windowShift(in.get(value) & 0xff);
        } else if (kind == SACK_PERMITTED && length == 2) {
            into.permitSack();
        }
    }

    /// Writes the options of a SYN or SYN,ACK at the buffer's position. Always a multiple of four bytes.
    static void writeSyn(
            ByteBuffer out,
            int mss,
            boolean sack,
            int windowShift,
            boolean timestamps,
            int value,
            int echo) {
        out.putInt(MSS << 24 | 4 << 16 | mss);
        if (timestamps) {
            out.putShort((short) (sack ? SACK_PERMITTED << 8 | 2 : NOP << 8 | NOP));
            out.putShort((short) (TIMESTAMPS << 8 | 10)).putInt(value).putInt(echo);
        } else if (sack) {
            out.putInt(NOP << 24 | NOP << 16 | SACK_PERMITTED << 8 | 2);
        }
        if (windowShift >= 0) {
            out.putInt(NOP << 24 | WINDOW_SCALE << 16 | 3 << 8 | windowShift);
        }
    }

    static void writeTimestamps(ByteBuffer out, int value, int echo) {
        out.putInt(TIMESTAMPS_WORD).putInt(value).putInt(echo);
    }

    /// Writes the head of a SACK option; `blocks` pairs of left and right edge follow.
    static void writeSackHead(ByteBuffer out, int blocks) {
        out.putInt(NOP << 24 | NOP << 16 | SACK << 8 | (2 + 8 * blocks));
    }
}
