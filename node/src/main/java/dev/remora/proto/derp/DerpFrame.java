package dev.remora.proto.derp;

import dev.remora.base.Bytes;
import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// What stands in one frame. Payloads are views of the buffer they were read from; bytes behind the fields named
/// here are from a newer protocol and are skipped. The pictures show payloads, without the header of five bytes.
/// Those that come first are in [HandshakeFrame], those that only relays send each other in [MeshFrame].
public sealed interface DerpFrame
        permits HandshakeFrame,
                DerpFrame.SendPacket,
                DerpFrame.RecvPacket,
                DerpFrame.Empty,
                DerpFrame.NotePreferred,
                DerpFrame.PeerGone,
                DerpFrame.Echo,
                DerpFrame.Health,
                DerpFrame.Restarting,
                DerpFrame.Unknown,
                MeshFrame {
    int HEADER_LENGTH = 5;

    /// The longest packet a relay carries, without keys.
    int MAX_PACKET = 65536;

    int type();

    int payloadLength();

    /// Writes [#payloadLength] bytes.
    void writePayload(ByteBuffer out);

    /// Bytes on the wire, header included.
    default int length() {
        return HEADER_LENGTH + payloadLength();
    }

    /// Writes header and payload, [#length] bytes.
    default void writeTo(ByteBuffer out) {
        out.put((byte) type()).putInt(payloadLength());
        writePayload(out);
    }

    /// Reads what remains of `payload`. A payload too short for its type is refused: a client skips such a frame, a
    /// relay hangs up.
    static DerpFrame parse(int type, ByteBuffer payload) throws MalformedException {
        return switch (type) {
            case HandshakeFrame.ServerKey.TYPE -> HandshakeFrame.ServerKey.parse(payload);
            case HandshakeFrame.ClientInfo.TYPE -> HandshakeFrame.ClientInfo.parse(payload);
            case HandshakeFrame.ServerInfo.TYPE -> HandshakeFrame.ServerInfo.parse(payload);
            case SendPacket.TYPE -> SendPacket.parse(payload);
            case RecvPacket.TYPE -> RecvPacket.parse(payload);
            case KeepAlive.TYPE -> new KeepAlive();
            case NotePreferred.TYPE -> NotePreferred.parse(payload);
            case PeerGone.TYPE -> PeerGone.parse(payload);
            case MeshFrame.PeerPresent.TYPE -> MeshFrame.PeerPresent.parse(payload);
            case MeshFrame.ForwardPacket.TYPE -> MeshFrame.ForwardPacket.parse(payload);
            case MeshFrame.WatchConns.TYPE -> MeshFrame.WatchConns.parse(payload);
            case MeshFrame.ClosePeer.TYPE -> MeshFrame.ClosePeer.parse(payload);
            case Ping.TYPE -> Ping.parse(payload);
            case Pong.TYPE -> Pong.parse(payload);
            case Health.TYPE -> Health.parse(payload);
            case Restarting.TYPE -> Restarting.parse(payload);
            default -> new Unknown(type, payload.slice());
        };
    }

    /// A packet for another client.
    ///
    ///     0              32
    ///     | to           | packet |
    record SendPacket(NodeKey to, ByteBuffer packet) implements DerpFrame {
        static final int TYPE = 0x04;

        static SendPacket parse(ByteBuffer in) throws MalformedException {
            NodeKey to = KeyField.read(in, "packet to send");
            if (in.remaining() > MAX_PACKET) {
                throw new MalformedException("packet to send longer than " + MAX_PACKET + " bytes");
            }
            return new SendPacket(to, in.slice());
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int payloadLength() {
            return Bytes32.LENGTH + packet.remaining();
        }

        @Override
        public void writePayload(ByteBuffer out) {
            to.bytes().write(out);
            out.put(packet.duplicate());
        }
    }

    /// A packet from another client; the relay vouches for the key, not for the packet.
    ///
    ///     0              32
    ///     | from         | packet |
    record RecvPacket(NodeKey from, ByteBuffer packet) implements DerpFrame {
        static final int TYPE = 0x05;

        static RecvPacket parse(ByteBuffer in) throws MalformedException {
            return new RecvPacket(KeyField.read(in, "received packet"), in.slice());
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int payloadLength() {
            return Bytes32.LENGTH + packet.remaining();
        }

        @Override
        public void writePayload(ByteBuffer out) {
            from.bytes().write(out);
            out.put(packet.duplicate());
        }
    }

    /// The relay is alive: every 60 to 65 seconds.
    record KeepAlive() implements Empty {
        static final int TYPE = 0x06;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /// Whether this relay is the client's home. Exactly one byte, or the relay hangs up.
    record NotePreferred(boolean home) implements DerpFrame {
        static final int TYPE = 0x07;

        static NotePreferred parse(ByteBuffer in) throws MalformedException {
            if (in.remaining() != 1) {
                throw new MalformedException("note of preference not of one byte");
            }
            return new NotePreferred(in.get() != 0);
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int payloadLength() {
            return 1;
        }

        @Override
        public void writePayload(ByteBuffer out) {
            out.put((byte) (home ? 1 : 0));
        }
    }

    /// A client that sent us something has left this region, or one we sent to is not there.
    ///
    ///     0              32
    ///     | peer         | reason; absent in an older form: disconnected |
    record PeerGone(NodeKey peer, int reason) implements DerpFrame {
        public static final int DISCONNECTED = 0x00;
        public static final int NOT_HERE = 0x01;
        static final int TYPE = 0x08;

        static PeerGone parse(ByteBuffer in) throws MalformedException {
            NodeKey peer = KeyField.read(in, "peer gone");
            return new PeerGone(
                    peer, in.hasRemaining() ? Byte.toUnsignedInt(in.get()) : DISCONNECTED);
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int payloadLength() {
            return Bytes32.LENGTH + 1;
        }

        @Override
        public void writePayload(ByteBuffer out) {
            peer.bytes().write(out);
            out.put((byte) reason);
        }
    }

    /// A frame that says all by its type.
    sealed interface Empty extends DerpFrame permits KeepAlive, MeshFrame.WatchConns {
        @Override
        default int payloadLength() {
            return 0;
        }

        @Override
        default void writePayload(ByteBuffer out) {}
    }

    /// Eight bytes that come back as they went out.
    sealed interface Echo extends DerpFrame {
        long data();

        @Override
        default int payloadLength() {
            return Long.BYTES;
        }

        @Override
        default void writePayload(ByteBuffer out) {
            out.putLong(data());
        }
    }

    /// Asks for a [Pong] with the same data.
    record Ping(long data) implements Echo {
        static final int TYPE = 0x12;

        static Ping parse(ByteBuffer in) throws MalformedException {
            Bytes.need(in, Long.BYTES, "ping");
            return new Ping(in.getLong());
        }

        @Override
        public int type() {
            return TYPE;
        }
    }

    record Pong(long data) implements Echo {
        static final int TYPE = 0x13;

        static Pong parse(ByteBuffer in) throws MalformedException {
            Bytes.need(in, Long.BYTES, "pong");
            return new Pong(in.getLong());
        }

        @Override
        public int type() {
            return TYPE;
        }
    }

    /// What is wrong with this connection, in words for people; empty: nothing any more.
    record Health(String problem) implements DerpFrame {
        static final int TYPE = 0x14;

        static Health parse(ByteBuffer in) {
            return new Health(StandardCharsets.UTF_8.decode(in).toString());
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int payloadLength() {
            return problem.getBytes(StandardCharsets.UTF_8).length;
        }

        @Override
        public void writePayload(ByteBuffer out) {
            out.put(problem.getBytes(StandardCharsets.UTF_8));
        }
    }

    /// The relay is about to restart: come back after the first span, and be patient for the second. Milliseconds,
    /// unsigned on the wire.
    ///
    ///     0                4           8
    ///     | reconnect in   | try for   |
    record Restarting(long reconnectInMillis, long tryForMillis) implements DerpFrame {
        static final int TYPE = 0x15;

        static Restarting parse(ByteBuffer in) throws MalformedException {
            Bytes.need(in, 2 * Integer.BYTES, "restart notice");
            return new Restarting(
                    Integer.toUnsignedLong(in.getInt()), Integer.toUnsignedLong(in.getInt()));
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int payloadLength() {
            return 2 * Integer.BYTES;
        }

        @Override
        public void writePayload(ByteBuffer out) {
            out.putInt((int) reconnectInMillis).putInt((int) tryForMillis);
        }
    }

    /// A type of a newer protocol, or a frame too long to be kept: then `payload` is empty.
    record Unknown(int type, ByteBuffer payload) implements DerpFrame {
        @Override
        public int payloadLength() {
            return payload.remaining();
        }

        @Override
        public void writePayload(ByteBuffer out) {
            out.put(payload.duplicate());
        }
    }
}
