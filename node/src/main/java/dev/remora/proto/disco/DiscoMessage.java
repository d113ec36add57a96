package dev.remora.proto.disco;

import dev.remora.base.Bytes;
import dev.remora.base.Bytes32;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.NodeKey;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// What two nodes say to each other about paths, as it stands inside the box of a [DiscoPacket]:
///
///     0      1         2
///     | type | version | body …
///
/// The version is 0. Whoever reads skips what a longer body adds, except where a message says otherwise.
public sealed interface DiscoMessage {
    /// Bytes in front of every body: type and version.
    int HEADER_LENGTH = 2;

    int VERSION = 0;

    /// Byte 0 of the message, 0 to 255.
    int type();

    /// Byte 1 of the message, 0 to 255.
    default int version() {
        return VERSION;
    }

    /// Bytes behind the header.
    int bodyLength();

    void writeBody(ByteBuffer out);

    /// Bytes of the whole message.
    default int length() {
        return HEADER_LENGTH + bodyLength();
    }

    default void writeTo(ByteBuffer out) {
        out.put((byte) type()).put((byte) version());
        writeBody(out);
    }

    /// Reads a message that fills the rest of `in`.
    static DiscoMessage parse(ByteBuffer in) throws MalformedException {
        Bytes.need(in, HEADER_LENGTH, "disco message");
        int type = Byte.toUnsignedInt(in.get());
        int version = Byte.toUnsignedInt(in.get());
        return switch (type) {
            case Ping.TYPE -> Ping.parse(in);
            case Pong.TYPE -> Pong.parse(in);
            case CallMeMaybe.TYPE -> CallMeMaybe.parse(version, in);
            case BindRelayEndpoint.TYPE -> new BindRelayEndpoint(RelayBinding.parse(in));
            case BindRelayChallenge.TYPE -> new BindRelayChallenge(RelayBinding.parse(in));
            case BindRelayAnswer.TYPE -> new BindRelayAnswer(RelayBinding.parse(in));
            case CallMeMaybeVia.TYPE ->
                    version == VERSION
                            ? new CallMeMaybeVia(RelayEndpoint.parse(in))
                            : new Unknown(type, version);
            case AllocateRelayRequest.TYPE ->
                    version == VERSION
                            ? AllocateRelayRequest.parse(in)
                            : new Unknown(type, version);
            case AllocateRelayResponse.TYPE ->
                    version == VERSION
                            ? AllocateRelayResponse.parse(in)
                            : new Unknown(type, version);
            default -> new Unknown(type, version);
        };
    }

    /// Asks whether a path works; the answer is a [Pong] over the same path.
    ///
    ///     0      12                    44
    ///     | txId | sender's node key   | zeros …
    ///
    /// The node key is missing in very old clients; a key of zeros counts as missing too. `padding` is the number of
    /// bytes that only make the packet longer, to try how large a path's packets may be.
    record Ping(TxId txId, Optional<NodeKey> nodeKey, int padding) implements DiscoMessage {
        static final int TYPE = 0x01;

        /// Bytes of the sealed packet that carries an unpadded ping with a node key.
        public static final int PACKET_LENGTH =
                DiscoPacket.OVERHEAD + HEADER_LENGTH + TxId.LENGTH + Bytes32.LENGTH;

        static Ping parse(ByteBuffer in) throws MalformedException {
            Bytes.need(in, TxId.LENGTH, "disco ping");
            TxId txId = TxId.read(in);
            Optional<NodeKey> nodeKey = Optional.empty();
            if (in.remaining() >= Bytes32.LENGTH) {
                nodeKey = Optional.of(new NodeKey(Bytes32.read(in))).filter(key -> !key.isZero());
            }
            return new Ping(txId, nodeKey, in.remaining());
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int bodyLength() {
            return TxId.LENGTH + (nodeKey.isPresent() ? Bytes32.LENGTH : 0) + padding;
        }

        @Override
        public void writeBody(ByteBuffer out) {
            txId.write(out);
            nodeKey.ifPresent(key -> key.bytes().write(out));
            out.put(new byte[padding]);
        }
    }

    /// The answer to a ping, with the address the ping came from as we saw it.
    ///
    ///     0      12                       30
    ///     | txId | address 16, port 2     |
    record Pong(TxId txId, IpPort seenFrom) implements DiscoMessage {
        static final int TYPE = 0x02;
        private static final int LENGTH = TxId.LENGTH + IpPort.MAPPED_LENGTH;

        static Pong parse(ByteBuffer in) throws MalformedException {
            Bytes.need(in, LENGTH, "disco pong");
            return new Pong(TxId.read(in), IpPort.readMapped(in));
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int bodyLength() {
            return LENGTH;
        }

        @Override
        public void writeBody(ByteBuffer out) {
            txId.write(out);
            seenFrom.writeMapped(out);
        }
    }

    /// "Ping me at these addresses, I have just pinged you": sent through a relay, so that both sides open their
    /// firewalls at about the same time.
    ///
    ///     0                     18
    ///     | address 16, port 2  | … any number of them
    ///
    /// A body that is no whole number of addresses, or of another version, is an empty list rather than an error.
    record CallMeMaybe(List<IpPort> endpoints) implements DiscoMessage {
        static final int TYPE = 0x03;

        public CallMeMaybe {
            endpoints = List.copyOf(endpoints);
        }

        static CallMeMaybe parse(int version, ByteBuffer in) {
            if (version != VERSION || in.remaining() % IpPort.MAPPED_LENGTH != 0) {
                return new CallMeMaybe(List.of());
            }
            return new CallMeMaybe(RelayEndpoint.readAddresses(in));
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int bodyLength() {
            return endpoints.size() * IpPort.MAPPED_LENGTH;
        }

        @Override
        public void writeBody(ByteBuffer out) {
            endpoints.forEach(endpoint -> endpoint.writeMapped(out));
        }
    }

    /// The three messages that bind a client's address to its place at a peer relay.
    sealed interface RelayBind extends DiscoMessage {
        RelayBinding binding();

        @Override
        default int bodyLength() {
            return RelayBinding.LENGTH;
        }

        @Override
        default void writeBody(ByteBuffer out) {
            binding().writeTo(out);
        }
    }

    /// First message of a client to a peer relay: "I am one of the two this place is for".
    record BindRelayEndpoint(RelayBinding binding) implements RelayBind {
        static final int TYPE = 0x04;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /// The peer relay's reply to [BindRelayEndpoint]: "then show that you receive at this address".
    record BindRelayChallenge(RelayBinding binding) implements RelayBind {
        static final int TYPE = 0x05;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /// The client's proof for [BindRelayChallenge]: the same challenge, echoed.
    record BindRelayAnswer(RelayBinding binding) implements RelayBind {
        static final int TYPE = 0x06;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /// "Reach me through this peer relay", sent through DERP.
    record CallMeMaybeVia(RelayEndpoint endpoint) implements DiscoMessage {
        static final int TYPE = 0x07;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int bodyLength() {
            return endpoint.length();
        }

        @Override
        public void writeBody(ByteBuffer out) {
            endpoint.writeTo(out);
        }
    }

    /// Asks a peer relay for a place where two clients can meet.
    ///
    ///     0                   32                  64           68
    ///     | client disco key  | client disco key  | generation |
    ///
    /// The keys stand in ascending order of their bytes.
    record AllocateRelayRequest(DiscoKey firstClient, DiscoKey secondClient, int generation)
            implements DiscoMessage {
        static final int TYPE = 0x08;
        private static final int LENGTH = 2 * Bytes32.LENGTH + Integer.BYTES;

        static AllocateRelayRequest parse(ByteBuffer in) throws MalformedException {
            Bytes.need(in, LENGTH, "disco allocation request");
            return new AllocateRelayRequest(
                    new DiscoKey(Bytes32.read(in)), new DiscoKey(Bytes32.read(in)), in.getInt());
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int bodyLength() {
            return LENGTH;
        }

        @Override
        public void writeBody(ByteBuffer out) {
            firstClient.bytes().write(out);
            secondClient.bytes().write(out);
            out.putInt(generation);
        }
    }

    /// The peer relay's answer to an [AllocateRelayRequest] of the same generation.
    ///
    ///     0            4
    ///     | generation | relay endpoint …
    record AllocateRelayResponse(int generation, RelayEndpoint endpoint) implements DiscoMessage {
        static final int TYPE = 0x09;

        static AllocateRelayResponse parse(ByteBuffer in) throws MalformedException {
            Bytes.need(in, Integer.BYTES, "disco allocation response");
            return new AllocateRelayResponse(in.getInt(), RelayEndpoint.parse(in));
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int bodyLength() {
            return Integer.BYTES + endpoint.length();
        }

        @Override
        public void writeBody(ByteBuffer out) {
            out.putInt(generation);
            endpoint.writeTo(out);
        }
    }

    /// A type we do not know, or a version we do not know of a type whose body may then mean anything. The body is
    /// not kept.
    record Unknown(int type, int version) implements DiscoMessage {
        @Override
        public int bodyLength() {
            return 0;
        }

        @Override
        public void writeBody(ByteBuffer out) {}
    }
}
