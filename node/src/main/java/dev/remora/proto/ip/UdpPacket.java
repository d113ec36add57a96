package dev.remora.proto.ip;

import dev.remora.base.Bytes;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;

/// A UDP datagram (RFC 768) inside an IP packet, its length and checksum verified.
///
///     0          2               4        6          8
///     |  source  |  destination  | length | checksum | payload
public record UdpPacket(IpPacket ip, int length) {
    public static final int HEADER_LENGTH = 8;

    public static UdpPacket of(IpPacket ip) throws MalformedException {
        ByteBuffer bytes = ip.bytes();
        int at = ip.transportOffset();
        int length = Bytes.u16(bytes, at + 4);
        if (length < HEADER_LENGTH || length > ip.transportLength()) {
            throw new MalformedException("UDP length");
        }
        if (Bytes.u16(bytes, at + 6) != 0) {
            long sum =
                    Checksum.pseudoHeader(ip, IpProtocol.UDP, length)
                            + Checksum.sum(bytes, at, length);
            if (Checksum.finish(sum) != 0) {
                throw new MalformedException("UDP checksum");
            }
        } else if (!ip.v4()) {
            // RFC 8200 §8.1: "IPv6 receivers must discard UDP packets containing a zero checksum"
            throw new MalformedException("UDP checksum");
        }
        return new UdpPacket(ip, length);
    }

    public IpPort src() {
        return ip.srcIpPort();
    }

    public IpPort dst() {
        return ip.dstIpPort();
    }

    /// A view of the payload.
    public ByteBuffer payload() {
        return ip.bytes().slice(ip.transportOffset() + HEADER_LENGTH, length - HEADER_LENGTH);
    }

    /// Writes a whole packet of IP header, UDP header and payload (which is consumed) into the sink. It must fit one packet.
    public static void write(
            IpHeader header, int srcPort, int dstPort, ByteBuffer payload, PacketSink sink) {
        int length = HEADER_LENGTH + payload.remaining();
        ByteBuffer out = sink.begin(header.length() + length);
        header.write(out, length);
        writeTo(out, header, srcPort, dstPort, payload);
        sink.end(out.flip());
    }

    /// Writes UDP header and payload, advancing the position; `header` gives the addresses for the checksum.
    private static void writeTo(
            ByteBuffer out, IpHeader header, int srcPort, int dstPort, ByteBuffer payload) {
        int at = out.position();
        int length = HEADER_LENGTH + payload.remaining();
        out.putShort((short) srcPort)
                .putShort((short) dstPort)
                .putShort((short) length)
                .putShort((short) 0);
        out.put(payload);
        int checksum = Checksum.finish(header.pseudoHeader(length) + Checksum.sum(out, at, length));
        // RFC 768: "If the computed checksum is zero, it is transmitted as all ones"
        out.putShort(at + 6, (short) (checksum == 0 ? 0xffff : checksum));
    }
}
