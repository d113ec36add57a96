package dev.remora.proto.tcp;

import dev.remora.proto.ip.Checksum;
import dev.remora.proto.ip.IpHeader;
import dev.remora.proto.ip.IpProtocol;
import dev.remora.proto.ip.PacketSink;
import java.nio.ByteBuffer;

/// Writes the segments of one flow as complete IP packets into a sink. What all segments of a burst share
/// (acknowledgement, window, timestamps) is set once; each then costs its header, one copy of its payload and one
/// pass of the checksum.
final class SegmentWriter {
    private static final int DATA_OFFSET = 12;
    private static final int CHECKSUM = 16;
    private static final int MAX_OPTIONS = 40;

    private final Flow flow;
    private final IpHeader ip;
    private final int ipLength;
    private final int ports;

    private int ack;
    private int window;
    private boolean timestamps;
    private int tsValue;
    private int tsEcho;

    SegmentWriter(Flow flow) {
        this.flow = flow;
        ip = new IpHeader(flow.local(), flow.remote(), IpProtocol.TCP, 0);
        ipLength = ip.length();
        ports = flow.localPort() << 16 | flow.remotePort();
    }

    Flow flow() {
        return flow;
    }

    /// Sets the acknowledgement number and the window field, unscaled as on the wire, of what follows.
    void stamp(int ackNumber, int windowField) {
        ack = ackNumber;
        window = windowField;
    }

    /// Sets the timestamps option of what follows.
    void timestamps(int value, int echo) {
        timestamps = true;
        tsValue = value;
        tsEcho = echo;
    }

    /// Answers a segment that belongs to no connection (RFC 9293 §3.5.2). Nothing answers a RST.
    void reset(PacketSink sink, TcpSegment cause) {
        if (cause.has(TcpSegment.RST)) {
            return;
        }
        if (cause.has(TcpSegment.ACK)) {
            stamp(0, 0);
            control(sink, TcpSegment.RST, cause.ack());
        } else {
            stamp(cause.seq() + cause.length(), 0);
            control(sink, TcpSegment.RST | TcpSegment.ACK, 0);
        }
    }

    /// A SYN or SYN,ACK; a negative shift leaves window scaling out.
    void syn(PacketSink sink, int flags, int seq, int mss, boolean sack, int windowShift) {
        ByteBuffer out = begin(sink, 0);
        header(out, flags, seq);
        TcpOptions.writeSyn(out, mss, sack, windowShift, timestamps, tsValue, tsEcho);
        endHeader(out);
        finish(sink, out);
    }

    /// A segment without payload.
    void control(PacketSink sink, int flags, int seq) {
        ByteBuffer out = begin(sink, 0);
        header(out, flags, seq);
        writeTimestamps(out);
        endHeader(out);
        finish(sink, out);
    }

    /// An acknowledgement without payload, with SACK blocks if there is anything to report.
    void acknowledgement(PacketSink sink, int seq, SackBlocks blocks) {
        ByteBuffer out = begin(sink, 0);
        header(out, TcpSegment.ACK, seq);
        writeTimestamps(out);
        blocks.write(out, timestamps ? 3 : 4);
        endHeader(out);
        finish(sink, out);
    }

    /// A segment with payload out of the send queue.
    void data(PacketSink sink, int flags, int seq, SendQueue queue, long offset, int length) {
        ByteBuffer out = begin(sink, length);
        header(out, flags, seq);
        writeTimestamps(out);
        endHeader(out);
        queue.copyTo(out, offset, length);
        finish(sink, out);
    }

    private void writeTimestamps(ByteBuffer out) {
        if (timestamps) {
            TcpOptions.writeTimestamps(out, tsValue, tsEcho);
        }
    }

    private ByteBuffer begin(PacketSink sink, int payload) {
        ByteBuffer out = sink.begin(ipLength + TcpSegment.HEADER + MAX_OPTIONS + payload);
        return out.position(ipLength);
    }

    /// The data offset follows when the options are written, checksum and IP header at the end.
    private void header(ByteBuffer out, int flags, int seq) {
        out.putInt(ports).putInt(seq).putInt((flags & TcpSegment.ACK) != 0 ? ack : 0);
        out.putInt(flags << 16 | window).putInt(0);
    }

    private void endHeader(ByteBuffer out) {
        out.put(ipLength + DATA_OFFSET, (byte) ((out.position() - ipLength) << 2));
    }

    private void finish(PacketSink sink, ByteBuffer out) {
        int end = out.position();
        int length = end - ipLength;
        int sum = Checksum.finish(ip.pseudoHeader(length) + Checksum.sum(out, ipLength, length));
        out.putShort(ipLength + CHECKSUM, (short) sum);
        ip.writeUnfragmented(out.position(0), length);
        sink.end(out.limit(end).position(0));
    }
}
