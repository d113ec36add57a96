package dev.remora.proto.ip;

import dev.remora.base.Bytes;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;

/// An IPv4 or IPv6 packet with its headers measured: to hold one is the proof that the IP header, a fragment header and
/// the smallest transport header of its protocol lie inside the packet. Nothing is copied; the view is good as long
/// as the buffer's owner leaves the bytes alone. All indexes are absolute ones of [#bytes].
///
/// Refused as malformed: what is neither version 4 nor 6, lengths that do not add up, protocols 0 (for IPv6 that is the
/// hop-by-hop header) and 255, later fragments that begin below 80 bytes (they could overwrite a transport header,
/// RFC 1858), first fragments without a whole transport header, and fragments of IPv4 TSMP. The IPv4 header sum is not verified:
/// inside the tunnel it is authenticated already, and other implementations do not look at it either.
public final class IpPacket {
    /// The smallest packet there is: an IPv4 header.
    public static final int MIN_LENGTH = Ipv4.HEADER_LENGTH;

    /// In 8-byte units: a fragment that begins below this reaches into a transport header.
    private static final int MIN_FRAGMENT_OFFSET = 10;

    private final ByteBuffer bytes;
    private final int start;
    private final int end;
    private final int version;
    private final int protocol;
    private final int transportOffset;
    private final int fragmentOffset;
    private final boolean moreFragments;

    private IpPacket(
            ByteBuffer bytes,
            int version,
            int protocol,
            int transportOffset,
            int end,
            int fragmentField)
            throws MalformedException {
        this.bytes = bytes;
        this.start = bytes.position();
        this.end = end;
        this.version = version;
        this.protocol = protocol;
        this.transportOffset = transportOffset;
        this.fragmentOffset = fragmentField >>> 1;
        this.moreFragments = (fragmentField & 1) != 0;
        checkTransport();
    }

    /// Measures the packet between position and limit; bytes behind the length its header gives are not part of it.
    public static IpPacket of(ByteBuffer bytes) throws MalformedException {
        if (bytes.remaining() < MIN_LENGTH) {
            throw new MalformedException("too short");
        }
        return switch (Bytes.u8(bytes, bytes.position()) >>> 4) {
            case 4 -> ofV4(bytes);
            case 6 -> ofV6(bytes);
            default -> throw new MalformedException("IP version");
        };
    }

    private static IpPacket ofV4(ByteBuffer bytes) throws MalformedException {
        int start = bytes.position();
        int headerLength = (bytes.get(start) & 0xf) << 2;
        int totalLength = Bytes.u16(bytes, start + Ipv4.TOTAL_LENGTH);
        if (headerLength < Ipv4.HEADER_LENGTH
                || totalLength < headerLength
                || totalLength > bytes.remaining()) {
            throw new MalformedException("IPv4 length");
        }
        int field = Bytes.u16(bytes, start + Ipv4.FRAGMENT);
        int fragment = (field & 0x1fff) << 1 | (field >>> 13 & 1);
        int protocol = Bytes.u8(bytes, start + Ipv4.PROTOCOL);
        if (protocol == IpProtocol.TSMP && fragment != 0) {
            throw new MalformedException("TSMP fragment");
        }
        return new IpPacket(
                bytes, 4, protocol, start + headerLength, start + totalLength, fragment);
    }

    private static IpPacket ofV6(ByteBuffer bytes) throws MalformedException {
        int start = bytes.position();
        int end = start + Ipv6.HEADER_LENGTH;
        if (end > bytes.limit()) {
            throw new MalformedException("too short");
        }
        end += Bytes.u16(bytes, start + Ipv6.PAYLOAD_LENGTH);
        if (end > bytes.limit()) {
            throw new MalformedException("IPv6 length");
        }
        int protocol = Bytes.u8(bytes, start + Ipv6.NEXT_HEADER);
        int transport = start + Ipv6.HEADER_LENGTH;
        if (protocol != IpProtocol.FRAGMENT) {
            return new IpPacket(bytes, 6, protocol, transport, end, 0);
        }
        if (transport + Ipv6.FRAGMENT_HEADER_LENGTH > end) {
            throw new MalformedException("IPv6 fragment header");
        }
        int field = Bytes.u16(bytes, transport + 2);
        int fragment = (field >>> 3) << 1 | (field & 1);
        protocol = Bytes.u8(bytes, transport);
        return new IpPacket(
                bytes, 6, protocol, transport + Ipv6.FRAGMENT_HEADER_LENGTH, end, fragment);
    }

    private void checkTransport() throws MalformedException {
        if (protocol == 0 || protocol == 0xff) {
            throw new MalformedException("unknown protocol");
        }
        if (fragmentOffset != 0) {
            if (fragmentOffset < MIN_FRAGMENT_OFFSET) {
                throw new MalformedException("fragment inside a transport header");
            }
        } else if (transportLength() < minTransportLength(protocol)) {
            throw new MalformedException("transport header cut off");
        }
    }

    private static int minTransportLength(int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> 20;
            case IpProtocol.TSMP -> TsmpMessage.MIN_LENGTH;
            case IpProtocol.UDP, IpProtocol.IGMP -> 8;
            case IpProtocol.SCTP -> 12;
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> 4;
            default -> 0;
        };
    }

    public ByteBuffer bytes() {
        return bytes;
    }

    /// Index of the IP header.
    public int start() {
        return start;
    }

    /// Index of the first byte behind the packet.
    public int end() {
        return end;
    }

    /// Bytes from the IP header to the end.
    public int length() {
        return end - start;
    }

    /// 4 or 6.
    public int version() {
        return version;
    }

    public boolean v4() {
        return version == 4;
    }

    /// The protocol behind the headers that were skipped, see [IpProtocol].
    public int protocol() {
        return protocol;
    }

    /// Index of the transport header, for a later fragment of its data.
    public int transportOffset() {
        return transportOffset;
    }

    public int transportLength() {
        return end - transportOffset;
    }

    public IpAddress src() {
        return v4()
                ? IpAddress.v4(bytes.getInt(start + Ipv4.SRC))
                : IpAddress.v6(
                        bytes.getLong(start + Ipv6.SRC), bytes.getLong(start + Ipv6.SRC + 8));
    }

    public IpAddress dst() {
        return v4()
                ? IpAddress.v4(bytes.getInt(start + Ipv4.DST))
                : IpAddress.v6(
                        bytes.getLong(start + Ipv6.DST), bytes.getLong(start + Ipv6.DST + 8));
    }

    /// The upper 64 bits of the source address, 0 for IPv4; with [#srcLow] the address without an object.
    public long srcHigh() {
        return v4() ? 0 : bytes.getLong(start + Ipv6.SRC);
    }

    public long srcLow() {
        return v4() ? Bytes.u32(bytes, start + Ipv4.SRC) : bytes.getLong(start + Ipv6.SRC + 8);
    }

    public long dstHigh() {
        return v4() ? 0 : bytes.getLong(start + Ipv6.DST);
    }

    public long dstLow() {
        return v4() ? Bytes.u32(bytes, start + Ipv4.DST) : bytes.getLong(start + Ipv6.DST + 8);
    }

    /// Remaining hops.
    public int ttl() {
        return Bytes.u8(bytes, start + (v4() ? Ipv4.TTL : Ipv6.HOP_LIMIT));
    }

    /// Whether IPv4 options prescribe the packet's route (RFC 791), as nobody honest does any more. The route header of IPv6
    /// is among the headers that are not understood here at all.
    public boolean hasSourceRoute() {
        return v4() && Ipv4.hasSourceRoute(bytes, start);
    }

    /// The IPv4 identification, or the IPv6 flow label.
    public int id() {
        return v4()
                ? Bytes.u16(bytes, start + Ipv4.ID)
                : bytes.getInt(start) & Ipv6.FLOW_LABEL_MASK;
    }

    /// Whether this is one of several fragments. An atomic IPv6 fragment (RFC 6946) is whole.
    public boolean isFragment() {
        return moreFragments || fragmentOffset != 0;
    }

    /// A fragment without the transport header: ports, flags and types below mean nothing.
    public boolean isLaterFragment() {
        return fragmentOffset != 0;
    }

    /// Where this fragment's data stands in the whole, in bytes.
    public int fragmentOffset() {
        return fragmentOffset << 3;
    }

    public boolean moreFragments() {
        return moreFragments;
    }

    /// What joins the fragments of one packet, beside addresses and protocol: 16 bits for IPv4, 32 for IPv6. Only of a fragment.
    public int fragmentId() {
        return v4() ? Bytes.u16(bytes, start + Ipv4.ID) : bytes.getInt(transportOffset - 4);
    }

    /// Whether the transport header begins with two ports, and is here.
    public boolean hasPorts() {
        return (protocol == IpProtocol.TCP
                        || protocol == IpProtocol.UDP
                        || protocol == IpProtocol.SCTP)
                && !isLaterFragment();
    }

    public int srcPort() {
        return Bytes.u16(bytes, transportOffset);
    }

    public int dstPort() {
        return Bytes.u16(bytes, transportOffset + 2);
    }

    /// Source address and port, where [#hasPorts].
    public IpPort srcIpPort() {
        return new IpPort(src(), srcPort());
    }

    public IpPort dstIpPort() {
        return new IpPort(dst(), dstPort());
    }

    /// The eight flags from CWR down to FIN.
    public int tcpFlags() {
        return Bytes.u8(bytes, transportOffset + 13);
    }

    /// Whether this TCP packet asks for a new connection: SYN and not ACK.
    public boolean isTcpSyn() {
        return protocol == IpProtocol.TCP && !isLaterFragment() && (tcpFlags() & 0x12) == 0x02;
    }

    /// An echo request of either ICMP; shorter than its 8 bytes it is no request.
    public boolean isEchoRequest() {
        return isIcmp(8, 128) && bytes.get(transportOffset + 1) == 0 && transportLength() >= 8;
    }

    public boolean isEchoReply() {
        return isIcmp(0, 129) && bytes.get(transportOffset + 1) == 0 && transportLength() >= 8;
    }

    private boolean isIcmp(int typeV4, int typeV6) {
        int type = protocol == IpProtocol.ICMP ? typeV4 : typeV6;
        return isIcmp() && Bytes.u8(bytes, transportOffset) == type;
    }

    private boolean isIcmp() {
        return (protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6) && !isLaterFragment();
    }

    /// An ICMP message about another packet, as the tailnet's filters see it: unreachable, time exceeded, parameter problem, too big.
    /// For IPv4 the other implementations take type 18 for the parameter problem (which is 12); we do as they do.
    public boolean isIcmpError() {
        if (!isIcmp() || transportLength() < 8) {
            return false;
        }
        int type = Bytes.u8(bytes, transportOffset);
        return protocol == IpProtocol.ICMP
                ? type == 3 || type == 11 || type == 0x12
                : type >= 1 && type <= 4;
    }

    /// Protocol, addresses and ports, for a log.
    @Override
    public String toString() {
        String ports = hasPorts() ? " " + srcPort() + " > " + dstPort() : "";
        return "protocol "
                + protocol
                + " "
                + src()
                + " > "
                + dst()
                + ports
                + " "
                + length()
                + " bytes";
    }
}
