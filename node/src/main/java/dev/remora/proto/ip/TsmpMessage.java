package dev.remora.proto.ip;

import dev.remora.base.Bytes;
import dev.remora.base.Bytes32;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;

/// What nodes of a tailnet tell each other directly above IP, as protocol 99. The first byte is the type; bytes behind
/// a message are ignored.
///
///     'p' ping    | data 8
///     'o' pong    | data 8 | PeerAPI port 2
///     '!' reject  | protocol 1 | reason 1 | source port 2 | destination port 2 | flags 1
///     'a' disco   | public key 32
public sealed interface TsmpMessage {
    /// Shorter packets of this protocol are dropped before anyone looks at the type.
    int MIN_LENGTH = 7;

    /// A question whether the tunnel works, answered by the node itself with the same `data`.
    record Ping(long data) implements TsmpMessage {}

    /// The answer. `peerApiPort` is 0 when there is none; an older node does not send it at all.
    record Pong(long data, int peerApiPort) implements TsmpMessage {}

    /// "I dropped your packet from `src` to `dst`, for this reason." `maybeBroken` says that the rejecting node suspects
    /// itself. The text of a reason is [#reasonText].
    record Reject(int protocol, int reason, IpPort src, IpPort dst, boolean maybeBroken)
            implements TsmpMessage {
        /// The packet filter does not allow it.
        public static final int ACL = 'A';

        /// The node lets nobody in.
        public static final int SHIELDS_UP = 'S';

        public static final int IP_FORWARDING = 'F';
        public static final int HOST_FIREWALL = 'W';
        public static final int UNKNOWN_TRANSIT_IP = 'T';

        public String reasonText() {
            return switch (reason) {
                case ACL -> "acl";
                case SHIELDS_UP -> "shields";
                case IP_FORWARDING -> "host-ip-forwarding-unavailable";
                case HOST_FIREWALL -> "host-firewall";
                case UNKNOWN_TRANSIT_IP -> "app-connector-transit-ip-unknown";
                default -> String.format("0x%02x", reason);
            };
        }
    }

    /// The sender's disco key, sent right after a handshake.
    record DiscoAdvertisement(Bytes32 discoKey) implements TsmpMessage {}

    /// A type that we do not know.
    record Unknown(int type) implements TsmpMessage {}

    /// Reads the message in a packet of protocol [IpProtocol#TSMP].
    static TsmpMessage parse(IpPacket ip) throws MalformedException {
        if (ip.protocol() != IpProtocol.TSMP || ip.isLaterFragment()) {
            throw new MalformedException("no TSMP");
        }
        ByteBuffer in = ip.bytes().slice(ip.transportOffset(), ip.transportLength());
        Bytes.need(in, 1, "TSMP message");
        int type = in.get();
        return switch (type) {
            case 'p' -> parsePing(in);
            case 'o' -> parsePong(in);
            case '!' -> parseReject(ip, in);
            case 'a' -> parseDiscoAdvertisement(in);
            default -> new Unknown(type & 0xff);
        };
    }

    private static Ping parsePing(ByteBuffer in) throws MalformedException {
        Bytes.need(in, 8, "TSMP ping");
        return new Ping(in.getLong());
    }

    private static Pong parsePong(ByteBuffer in) throws MalformedException {
        Bytes.need(in, 8, "TSMP pong");
        long data = in.getLong();
        return new Pong(data, in.remaining() < 2 ? 0 : Short.toUnsignedInt(in.getShort()));
    }

    private static Reject parseReject(IpPacket ip, ByteBuffer in) throws MalformedException {
        Bytes.need(in, 6, "TSMP reject");
        int protocol = Byte.toUnsignedInt(in.get());
        int reason = Byte.toUnsignedInt(in.get());
        // the rejected packet went the other way: its source is who receives the message
        IpPort src = new IpPort(ip.dst(), Short.toUnsignedInt(in.getShort()));
        IpPort dst = new IpPort(ip.src(), Short.toUnsignedInt(in.getShort()));
        return new Reject(protocol, reason, src, dst, in.hasRemaining() && (in.get() & 1) != 0);
    }

    private static DiscoAdvertisement parseDiscoAdvertisement(ByteBuffer in)
            throws MalformedException {
        Bytes.need(in, Bytes32.LENGTH, "TSMP disco advertisement");
        return new DiscoAdvertisement(Bytes32.read(in));
    }

    /// Writes this message in an IP packet; `header` has protocol [IpProtocol#TSMP].
    default void write(IpHeader header, PacketSink sink) {
        int length = length();
        ByteBuffer out = sink.begin(header.length() + length);
        header.write(out, length);
        writeTo(out);
        sink.end(out.flip());
    }

    private int length() {
        return switch (this) {
            case Ping ping -> 9;
            case Pong pong -> 11;
            case Reject reject -> reject.maybeBroken() ? 8 : 7;
            case DiscoAdvertisement advertisement -> 1 + Bytes32.LENGTH;
            case Unknown unknown -> MIN_LENGTH;
        };
    }

    private void writeTo(ByteBuffer out) {
        switch (this) {
            case Ping(long data) -> out.put((byte) 'p').putLong(data);
            case Pong(long data, int port) ->
                    out.put((byte) 'o').putLong(data).putShort((short) port);
            case Reject reject -> writeReject(reject, out);
            case DiscoAdvertisement(Bytes32 key) -> key.write(out.put((byte) 'a'));
            case Unknown(int type) -> out.put((byte) type).put(new byte[MIN_LENGTH - 1]);
        }
    }

    private static void writeReject(Reject reject, ByteBuffer out) {
        out.put((byte) '!').put((byte) reject.protocol()).put((byte) reject.reason());
        out.putShort((short) reject.src().port()).putShort((short) reject.dst().port());
        if (reject.maybeBroken()) {
            out.put((byte) 1);
        }
    }
}
