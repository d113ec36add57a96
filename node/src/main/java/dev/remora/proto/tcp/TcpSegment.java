package dev.remora.proto.tcp;

import dev.remora.base.Bytes;
import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;

/// A TCP segment as it stands in a packet (RFC 9293 §3.1). A view that is filled again for each packet, so that
/// receiving allocates nothing; after [#parse] all lengths have been checked and the options read.
///
///     0        2        4          8          12      13      14       16        18       20
///     | source | dest.  | sequence | ack.     | off·4 | flags | window | checks. | urgent | options … payload
public final class TcpSegment {
    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;

    /// Bytes of the header without options.
    public static final int HEADER = 20;

    private static final int MAX_SACK_BLOCKS = 4;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer bytes = NOTHING;
    private int start;
    private int payloadStart;
    private int end;
    private int flags;

    private boolean timestamps;
    private int tsValue;
    private int tsEcho;
    private int mss;
    private int windowShift;
    private boolean sackPermitted;
    private int sackBlocks;
    private final int[] sackLeft = new int[MAX_SACK_BLOCKS];
    private final int[] sackRight = new int[MAX_SACK_BLOCKS];

    /// Looks at the segment between two indexes of `packet`, behind the IP header. The checksum is the caller's concern.
    ///
    /// Refuses what can only be nonsense: lengths that do not add up, port 0, SYN with FIN or RST, and none of SYN, ACK and RST. So what has neither ACK nor RST
    /// is a SYN, which a stack may rely on: packet filters look at no other segment.
    public TcpSegment parse(ByteBuffer packet, int from, int to) throws MalformedException {
        if (to - from < HEADER) {
            throw new MalformedException("tcp header shorter than 20 bytes");
        }
        int headerLength = (packet.get(from + 12) & 0xf0) >>> 2;
        if (headerLength < HEADER || headerLength > to - from) {
            throw new MalformedException("tcp data offset");
        }
        bytes = packet;
        start = from;
        payloadStart = from + headerLength;
        end = to;
        flags = packet.get(from + 13) & 0x3f;
        if (sourcePort() == 0 || destinationPort() == 0) {
            throw new MalformedException("tcp port 0");
        }
        if ((flags & (SYN | RST | ACK)) == 0 || has(SYN) && (flags & (FIN | RST)) != 0) {
            throw new MalformedException("tcp flags");
        }
        parseOptions(headerLength);
        return this;
    }

    private void parseOptions(int headerLength) {
        timestamps = false;
        mss = 0;
        windowShift = -1;
        sackPermitted = false;
        sackBlocks = 0;
        if (headerLength == HEADER + TcpOptions.TIMESTAMPS_PADDED
                && bytes.getInt(start + HEADER) == TcpOptions.TIMESTAMPS_WORD) {
            timestamps(start + HEADER + 4);
        } else if (headerLength > HEADER) {
            TcpOptions.parse(bytes, start + HEADER, payloadStart, this);
        }
    }

    void timestamps(int at) {
        timestamps = true;
        tsValue = bytes.getInt(at);
        tsEcho = bytes.getInt(at + 4);
    }

    void mss(int value) {
        mss = value;
    }

    void windowShift(int shift) {
        // RFC 7323 §2.3: "If a Window Scale option is received with a shift.cnt value larger than
        // 14, the TCP SHOULD log
        // the error but MUST use 14 instead of the specified value."
        windowShift = Math.min(shift, 14);
    }

    void permitSack() {
        sackPermitted = true;
    }

    void sackBlocks(int at, int count) {
        sackBlocks = Math.min(count, MAX_SACK_BLOCKS);
        for (int i = 0; i < sackBlocks; i++) {
            sackLeft[i] = bytes.getInt(at + 8 * i);
            sackRight[i] = bytes.getInt(at + 8 * i + 4);
        }
    }

    public int sourcePort() {
        return Bytes.u16(bytes, start);
    }

    public int destinationPort() {
        return Bytes.u16(bytes, start + 2);
    }

    public int seq() {
        return bytes.getInt(start + 4);
    }

    public int ack() {
        return bytes.getInt(start + 8);
    }

    /// The window field, unscaled.
    public int window() {
        return Bytes.u16(bytes, start + 14);
    }

    /// All six flags.
    public int flags() {
        return flags;
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /// Length in sequence space: payload, SYN and FIN (SEG.LEN).
    public int length() {
        return payloadLength() + (has(SYN) ? 1 : 0) + (has(FIN) ? 1 : 0);
    }

    public int payloadLength() {
        return end - payloadStart;
    }

    /// The buffer of the packet, narrowed to `length` bytes of payload from `skip` on.
    ByteBuffer payload(int skip, int length) {
        return bytes.limit(payloadStart + skip + length).position(payloadStart + skip);
    }

    boolean hasTimestamps() {
        return timestamps;
    }

    int tsValue() {
        return tsValue;
    }

    int tsEcho() {
        return tsEcho;
    }

    /// The MSS option's value, 0 if there is none.
    int mss() {
        return mss;
    }

    /// The window scale option's shift, -1 if there is none.
    int windowShift() {
        return windowShift;
    }

    boolean sackPermitted() {
        return sackPermitted;
    }

    int sackBlocks() {
        return sackBlocks;
    }

    int sackLeft(int block) {
        return sackLeft[block];
    }

    int sackRight(int block) {
        return sackRight[block];
    }

    @Override
    public String toString() {
        return "flags=%02x seq=%d ack=%d win=%d len=%d"
                .formatted(
                        flags,
                        Integer.toUnsignedLong(seq()),
                        Integer.toUnsignedLong(ack()),
                        window(),
                        payloadLength());
    }
}
