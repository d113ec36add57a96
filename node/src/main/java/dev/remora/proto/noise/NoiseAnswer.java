package dev.remora.proto.noise;

import dev.remora.base.Bytes;
import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.EphemeralKey;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.MachinePrivateKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/// The server's side of the handshake: what it answers to an initiation.
public sealed interface NoiseAnswer {
    /// What to send.
    byte[] bytes();

    /// The client proved to hold `client`'s key and speaks capability version `version`.
    @SuppressWarnings("ArrayRecordComponent") // written once, never compared
    record Accepted(byte[] bytes, int version, MachineKey client, NoiseTransport transport)
            implements NoiseAnswer {}

    /// The client sent something else than an initiation: tell it why, then close.
    @SuppressWarnings("ArrayRecordComponent") // written once, never compared
    record Refused(byte[] bytes, String reason) implements NoiseAnswer {}

    /// Answers what came in the upgrade request.
    ///
    /// @throws MalformedException if it does not open with our key: then close without a word
    static NoiseAnswer to(
            byte[] initiation, MachinePrivateKey self, RandomGenerator random, Aead aead)
            throws MalformedException {
        ByteBuffer in = ByteBuffer.wrap(initiation);
        if (initiation.length != NoiseHandshake.INITIATION_LENGTH) {
            return refused("wrong handshake initiation size");
        }
        int version = Short.toUnsignedInt(in.getShort());
        if (Byte.toUnsignedInt(in.get()) != NoiseIk.TYPE_INITIATION) {
            return refused("unexpected handshake message type");
        }
        if (Short.toUnsignedInt(in.getShort()) != NoiseIk.INITIATION_BODY) {
            return refused("wrong handshake initiation length");
        }
        return accept(in, version, self, EphemeralKey.generate(random), aead);
    }

    private static NoiseAnswer accept(
            ByteBuffer in, int version, MachinePrivateKey self, EphemeralKey ephemeral, Aead aead)
            throws MalformedException {
        SymmetricState state = NoiseIk.begin(aead, version, self.publicKey());
        Bytes32 theirs = NoiseIk.takeKey(in);
        state.mixHash(theirs.toBytes());
        state.mixKey(self.agree(theirs));
        Bytes32 client =
                Bytes32.of(state.openAndHash(Bytes.take(in, NoiseIk.SEALED_KEY), "machine key"));
        state.mixKey(self.agree(client));
        NoiseIk.expectEmpty(state.openAndHash(Bytes.take(in, NoiseIk.TAG), "initiation"));

        ByteBuffer out = ByteBuffer.allocate(NoiseHandshake.RESPONSE_LENGTH);
        NoiseIk.putHeader(out, NoiseIk.TYPE_RESPONSE, NoiseIk.RESPONSE_BODY);
        byte[] ephemeralKey = ephemeral.publicBytes().toBytes();
        out.put(ephemeralKey);
        state.mixHash(ephemeralKey);
        state.mixKey(ephemeral.agree(theirs));
        state.mixKey(ephemeral.agree(client));
        out.put(state.sealAndHash(new byte[0]));
        SymmetricState.TransportKeys keys = state.split();
        NoiseTransport transport =
                new NoiseTransport(
                        aead,
                        keys.responderSends(),
                        keys.initiatorSends(),
                        Bytes32.of(state.hash()));
        return new Accepted(out.array(), version, new MachineKey(client), transport);
    }

    private static Refused refused(String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(NoiseIk.HEADER + text.length);
        NoiseIk.putHeader(frame, NoiseIk.TYPE_ERROR, text.length);
        return new Refused(frame.put(text).array(), reason);
    }
}
