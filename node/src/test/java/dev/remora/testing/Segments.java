package dev.remora.testing;

import dev.remora.base.IpAddress;
import dev.remora.proto.ip.Checksum;
import dev.remora.proto.ip.IpHeader;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.IpProtocol;
import dev.remora.proto.ip.PacketSink;
import java.nio.ByteBuffer;

/// Hand-made TCP segments, and what is asked of received ones.
public final class Segments {
    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;

    private Segments() {}

    /// MSS 1240, SACK permitted, timestamps with this value, window scale 7.
    public static byte[] synOptions(int tsValue) {
        return ByteBuffer.allocate(20)
                .put(new byte[] {2, 4, 4, (byte) 0xd8, 4, 2, 8, 10})
                .putInt(tsValue)
                .putInt(0)
                .put(new byte[] {1, 3, 3, 7})
                .array();
    }

    public static byte[] timestamps(int tsValue, int tsEcho) {
        return ByteBuffer.allocate(12)
                .put(new byte[] {1, 1, 8, 10})
                .putInt(tsValue)
                .putInt(tsEcho)
                .array();
    }

    public static IpPacket segment(
            IpAddress src,
            int srcPort,
            IpAddress dst,
            int dstPort,
            int flags,
            int seq,
            int ack,
            byte[] options) {
        return segment(src, srcPort, dst, dstPort, flags, seq, ack, options, new byte[0]);
    }

    public static IpPacket segment(
            IpAddress src,
            int srcPort,
            IpAddress dst,
            int dstPort,
            int flags,
            int seq,
            int ack,
            byte[] options,
            byte[] payload) {
        IpHeader header = new IpHeader(src, dst, IpProtocol.TCP, 0);
        int length = 20 + options.length + payload.length;
        Packets packets = new Packets();
        PacketSink sink = packets;
        ByteBuffer out = sink.begin(header.length() + length);
        header.write(out, length);
        int at = out.position();
        out.putShort((short) srcPort).putShort((short) dstPort).putInt(seq).putInt(ack);
        out.put((byte) ((20 + options.length) << 2))
                .put((byte) flags)
                .putShort((short) 0xffff)
                .putInt(0);
        out.put(options).put(payload);
        long sum = header.pseudoHeader(length) + Checksum.sum(out, at, length);
        out.putShort(at + 16, (short) Checksum.finish(sum));
        sink.end(out.flip());
        return Packets.packet(packets.single());
    }

    public static int flags(IpPacket packet) {
        return packet.tcpFlags() & 0x3f;
    }

    public static int seq(IpPacket packet) {
        return packet.bytes().getInt(packet.transportOffset() + 4);
    }

    public static int ack(IpPacket packet) {
        return packet.bytes().getInt(packet.transportOffset() + 8);
    }
}
