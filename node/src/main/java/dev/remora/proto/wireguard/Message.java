package dev.remora.proto.wireguard;

import dev.remora.base.Bytes;
import dev.remora.base.Bytes32;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The four messages. All numbers are little-endian; the type is one byte and three zero bytes, read as one number.
///
///     1 initiation | type 4 | sender 4 | ephemeral 32 | static 48 | timestamp 28 | MAC1 16 | MAC2 16 |
///     2 response   | type 4 | sender 4 | receiver 4 | ephemeral 32 | nothing 16 | MAC1 16 | MAC2 16 |
///     3 cookie     | type 4 | receiver 4 | nonce 24 | cookie 32 |
///     4 transport  | type 4 | receiver 4 | counter 8 | ciphertext, tag |
final class Message {
    static final int INITIATION = 1;
    static final int RESPONSE = 2;
    static final int COOKIE = 3;
    static final int TRANSPORT = 4;

    /// No message is shorter: a keep-alive's length.
    static final int MIN_LENGTH = 32;

    static final int MAC = 16;
    static final int MACS = 2 * MAC;

    private Message() {}

    /// Of a message's first bytes, in a big-endian buffer.
    static int type(ByteBuffer datagram) {
        return Integer.reverseBytes(datagram.getInt(datagram.position()));
    }

    /// `sealedStatic` is the sender's key, `sealedStamp` the moment of sending; both MACs follow.
    @SuppressWarnings(
            "ArrayRecordComponent") // on its way between bytes and the handshake, never compared
    record Initiation(int sender, Bytes32 ephemeral, byte[] sealedStatic, byte[] sealedStamp) {
        static final int LENGTH = 148;
        private static final int STATIC = 48;
        private static final int STAMP = 28;

        /// Takes a message of the right length and type.
        static Initiation parse(byte[] message) {
            ByteBuffer in = littleEndian(message).position(4);
            return new Initiation(
                    in.getInt(), takeKey(in), Bytes.take(in, STATIC), Bytes.take(in, STAMP));
        }

        /// The whole message, its MACs still zero.
        byte[] toBytes() {
            return littleEndian(new byte[LENGTH])
                    .putInt(INITIATION)
                    .putInt(sender)
                    .put(ephemeral.toBytes())
                    .put(sealedStatic)
                    .put(sealedStamp)
                    .array();
        }
    }

    /// `tag` proves that the responder derived the same keys; both MACs follow.
    @SuppressWarnings(
            "ArrayRecordComponent") // on its way between bytes and the handshake, never compared
    record Response(int sender, int receiver, Bytes32 ephemeral, byte[] tag) {
        static final int LENGTH = 92;
        private static final int TAG = 16;

        /// Takes a message of the right length and type.
        static Response parse(byte[] message) {
            ByteBuffer in = littleEndian(message).position(4);
            return new Response(in.getInt(), in.getInt(), takeKey(in), Bytes.take(in, TAG));
        }

        /// The whole message, its MACs still zero.
        byte[] toBytes() {
            return littleEndian(new byte[LENGTH])
                    .putInt(RESPONSE)
                    .putInt(sender)
                    .putInt(receiver)
                    .put(ephemeral.toBytes())
                    .put(tag)
                    .array();
        }
    }

    /// `receiver` is the sender index of the message that was refused.
    @SuppressWarnings(
            "ArrayRecordComponent") // on its way between bytes and the cookie, never compared
    record CookieReply(int receiver, byte[] nonce, byte[] sealedCookie) {
        static final int LENGTH = 64;
        private static final int NONCE = 24;
        private static final int SEALED = 32;

        /// Takes a message of the right length and type.
        static CookieReply parse(byte[] message) {
            ByteBuffer in = littleEndian(message).position(4);
            return new CookieReply(in.getInt(), Bytes.take(in, NONCE), Bytes.take(in, SEALED));
        }

        byte[] toBytes() {
            return littleEndian(new byte[LENGTH])
                    .putInt(COOKIE)
                    .putInt(receiver)
                    .put(nonce)
                    .put(sealedCookie)
                    .array();
        }
    }

    private static ByteBuffer littleEndian(byte[] message) {
        return ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Bytes32 takeKey(ByteBuffer in) {
        return Bytes32.of(Bytes.take(in, Bytes32.LENGTH));
    }
}
