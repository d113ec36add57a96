package dev.remora.proto.derp;

import dev.remora.base.Bytes;
import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import java.nio.ByteBuffer;

/// How relay and client introduce themselves, before anything else:
///
///     relay ── ServerKey ──▶ client ── ClientInfo ──▶ relay ── ServerInfo ──▶ client
public sealed interface HandshakeFrame extends DerpFrame {
    /// The relay's greeting.
    ///
    ///     0                          8                40
    ///     | "DERP" and U+1F511 KEY   | relay's key    |
    record ServerKey(DerpServerKey key) implements HandshakeFrame {
        static final int TYPE = 0x01;
        private static final long MAGIC = 0x44455250f09f9491L;
        private static final int LENGTH = 8 + Bytes32.LENGTH;

        static ServerKey parse(ByteBuffer in) throws MalformedException {
            Bytes.need(in, LENGTH, "relay's greeting");
            if (in.getLong() != MAGIC) {
                throw new MalformedException("relay's greeting without the magic bytes");
            }
            return new ServerKey(new DerpServerKey(Bytes32.read(in)));
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int payloadLength() {
            return LENGTH;
        }

        @Override
        public void writePayload(ByteBuffer out) {
            out.putLong(MAGIC);
            key.bytes().write(out);
        }
    }

    /// Who the client is; [ServerHandshake] opens the box.
    ///
    ///     0              32        56
    ///     | node key     | nonce   | box of JSON |
    record ClientInfo(NodeKey client, ByteBuffer nonceAndBox) implements HandshakeFrame {
        static final int TYPE = 0x02;
        private static final int NONCE = 24;

        static ClientInfo parse(ByteBuffer in) throws MalformedException {
            Bytes.need(in, Bytes32.LENGTH + NONCE, "client info");
            return new ClientInfo(KeyField.read(in, "client info"), in.slice());
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int payloadLength() {
            return Bytes32.LENGTH + nonceAndBox.remaining();
        }

        @Override
        public void writePayload(ByteBuffer out) {
            client.bytes().write(out);
            out.put(nonceAndBox.duplicate());
        }
    }

    /// The relay's answer to [ClientInfo]; [ClientHandshake] opens the box.
    ///
    ///     0         24
    ///     | nonce   | box of JSON |
    record ServerInfo(ByteBuffer nonceAndBox) implements HandshakeFrame {
        static final int TYPE = 0x03;

        static ServerInfo parse(ByteBuffer in) {
            return new ServerInfo(in.slice());
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public int payloadLength() {
            return nonceAndBox.remaining();
        }

        @Override
        public void writePayload(ByteBuffer out) {
            out.put(nonceAndBox.duplicate());
        }
    }
}
