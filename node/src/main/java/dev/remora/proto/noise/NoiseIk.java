package dev.remora.proto.noise;

import dev.remora.base.Bytes;
import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.MachineKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The frames of the control connection and what both roles of its handshake share. All numbers are big-endian.
///
///     initiation   | version 2 | type 1 | length 2 | ephemeral 32 | sealed static key 48 | tag 16 |
///     response                 | type 1 | length 2 | ephemeral 32 | tag 16 |
///     error                    | type 1 | length 2 | text |
///     record                   | type 1 | length 2 | ciphertext | tag 16 |
final class NoiseIk {
    static final int VERSION = 2;
    static final int HEADER = 3;

    static final int TYPE_INITIATION = 1;
    static final int TYPE_RESPONSE = 2;
    static final int TYPE_ERROR = 3;
    static final int TYPE_RECORD = 4;

    static final int TAG = 16;
    static final int SEALED_KEY = Bytes32.LENGTH + TAG;
    static final int INITIATION_BODY = Bytes32.LENGTH + SEALED_KEY + TAG;
    static final int RESPONSE_BODY = Bytes32.LENGTH + TAG;

    private static final String PROTOCOL = "Noise_IK_25519_ChaChaPoly_BLAKE2s";
    private static final String PROLOGUE = "Tailscale Control Protocol v";

    private NoiseIk() {}

    /// The state before the first message: protocol, version and the server's key are mixed in.
    static SymmetricState begin(Aead aead, int version, MachineKey server) {
        byte[] prologue = (PROLOGUE + version).getBytes(StandardCharsets.US_ASCII);
        SymmetricState state = new SymmetricState(aead, PROTOCOL, prologue);
        state.mixHash(server.bytes().toBytes());
        return state;
    }

    static void putHeader(ByteBuffer out, int type, int length) {
        out.put((byte) type).put((byte) (length >> 8)).put((byte) length);
    }

    static Bytes32 takeKey(ByteBuffer in) {
        return Bytes32.of(Bytes.take(in, Bytes32.LENGTH));
    }

    static int length(ByteBuffer in, int index) {
        return Bytes.u8(in, index) << 8 | Bytes.u8(in, index + 1);
    }

    static void expectEmpty(byte[] payload) throws MalformedException {
        if (payload.length != 0) {
            throw new MalformedException("handshake with a payload");
        }
    }
}
