package dev.remora.proto.derp;

import dev.remora.base.Bytes32;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import java.nio.ByteBuffer;
import java.util.Optional;

/// What the relays of one region tell each other, over connections on which they are each other's clients. A node
/// neither sends nor needs these.
public sealed interface MeshFrame extends DerpFrame {
    /// For mesh watchers: a client is connected. Old relays say neither from where nor what kind it is.
    ///
    ///     0              32           48     50
    ///     | peer         | IP, mapped | port | flags |
    record PeerPresent(NodeKey peer, Optional<IpPort> from, int flags) implements MeshFrame {
        static final int TYPE = 0x09;

        static PeerPresent parse(ByteBuffer in) throws MalformedException {
            NodeKey peer = KeyField.read(in, "peer present");
            Optional<IpPort> from =
                    in.remaining() >= IpPort.MAPPED_LENGTH
                            ? Optional.of(IpPort.readMapped(in))
                            : Optional.empty();
            boolean flagged = from.isPresent() && in.hasRemaining();
            return new PeerPresent(peer, from, flagged ? Byte.toUnsignedInt(in.get()) : 0);
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int payloadLength() {
            return Bytes32.LENGTH + (from.isPresent() ? IpPort.MAPPED_LENGTH + 1 : 0);
        }

        @Override
        public void writePayload(ByteBuffer out) {
            peer.bytes().write(out);
            if (from.isPresent()) {
                from.get().writeMapped(out);
                out.put((byte) flags);
            }
        }
    }

    /// Between relays of one region: a packet of a client there for a client here.
    ///
    ///     0              32             64
    ///     | from         | to           | packet |
    record ForwardPacket(NodeKey from, NodeKey to, ByteBuffer packet) implements MeshFrame {
        static final int TYPE = 0x0a;

        static ForwardPacket parse(ByteBuffer in) throws MalformedException {
            NodeKey from = KeyField.read(in, "packet to forward");
            return new ForwardPacket(from, KeyField.read(in, "packet to forward"), in.slice());
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int payloadLength() {
            return 2 * Bytes32.LENGTH + packet.remaining();
        }

        @Override
        public void writePayload(ByteBuffer out) {
            from.bytes().write(out);
            to.bytes().write(out);
            out.put(packet.duplicate());
        }
    }

    /// A mesh peer asks to be told who comes and goes. Without any payload, or the relay hangs up.
    record WatchConns() implements MeshFrame, DerpFrame.Empty {
        static final int TYPE = 0x10;

        static WatchConns parse(ByteBuffer in) throws MalformedException {
            if (in.hasRemaining()) {
                throw new MalformedException("request to watch with a payload");
            }
            return new WatchConns();
        }

        @Override
        public int type() {
            return TYPE;
        }
    }

    /// A mesh peer asks to close all connections of a client.
    record ClosePeer(NodeKey peer) implements MeshFrame {
        static final int TYPE = 0x11;

        static ClosePeer parse(ByteBuffer in) throws MalformedException {
            return new ClosePeer(KeyField.read(in, "peer to close"));
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int payloadLength() {
            return Bytes32.LENGTH;
        }

        @Override
        public void writePayload(ByteBuffer out) {
            peer.bytes().write(out);
        }
    }
}
