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
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The client's side of the handshake with a control server. [#start] makes the initiation, which goes into the HTTP
/// upgrade; [#finish] takes the first frame behind the HTTP response. One try each: a new connection needs a new one.
public final class NoiseHandshake {
    public static final int INITIATION_LENGTH =
            NoiseIk.VERSION + NoiseIk.HEADER + NoiseIk.INITIATION_BODY;
    public static final int RESPONSE_LENGTH = NoiseIk.HEADER + NoiseIk.RESPONSE_BODY;

    private final Aead aead;
    private final MachinePrivateKey self;
    private final EphemeralKey ephemeral;
    private final SymmetricState state;
    private final byte[] initiation;

    private NoiseHandshake(
            Aead aead,
            MachinePrivateKey self,
            EphemeralKey ephemeral,
            SymmetricState state,
            byte[] initiation) {
        this.aead = aead;
        this.self = self;
        this.ephemeral = ephemeral;
        this.state = state;
        this.initiation = initiation;
    }

    /// Begins a handshake.
    ///
    /// @param version the capability version we speak, 0 to 65535
    /// @param server the server's key, as its `/key` told it
    /// @throws MalformedException if that key is of low order
    public static NoiseHandshake start(
            int version,
            MachinePrivateKey self,
            MachineKey server,
            RandomGenerator random,
            Aead aead)
            throws MalformedException {
        SymmetricState state = NoiseIk.begin(aead, version, server);
        EphemeralKey ephemeral = EphemeralKey.generate(random);
        ByteBuffer out = ByteBuffer.allocate(INITIATION_LENGTH);
        out.putShort((short) version);
        NoiseIk.putHeader(out, NoiseIk.TYPE_INITIATION, NoiseIk.INITIATION_BODY);

        byte[] ephemeralKey = ephemeral.publicBytes().toBytes();
        out.put(ephemeralKey);
        state.mixHash(ephemeralKey);
        state.mixKey(ephemeral.agree(server.bytes()));
        out.put(state.sealAndHash(self.publicBytes().toBytes()));
        state.mixKey(self.agree(server.bytes()));
        out.put(state.sealAndHash(new byte[0]));
        return new NoiseHandshake(aead, self, ephemeral, state, out.array());
    }

    /// The first message, 101 bytes.
    public byte[] initiation() {
        return initiation.clone();
    }

    /// Reads the server's answer from what has arrived so far and stands behind the HTTP response. Takes exactly the
    /// answer's bytes from `in`; what follows are records.
    ///
    /// @return empty, and nothing taken, as long as the answer has not arrived whole
    /// @throws MalformedException if the server refuses, and with what words, or if this is not the server we meant
    public Optional<NoiseTransport> finish(ByteBuffer in) throws MalformedException {
        if (in.remaining() < NoiseIk.HEADER) {
            return Optional.empty();
        }
        int type = Bytes.u8(in, in.position());
        int length = NoiseIk.length(in, in.position() + 1);
        checkFrame(type, length);
        if (in.remaining() < NoiseIk.HEADER + length) {
            return Optional.empty();
        }
        in.position(in.position() + NoiseIk.HEADER);
        if (type == NoiseIk.TYPE_ERROR) {
            throw new MalformedException(
                    "control server refuses: " + printable(Bytes.take(in, length)));
        }
        return Optional.of(onResponse(in));
    }

    private static void checkFrame(int type, int length) throws MalformedException {
        if (type != NoiseIk.TYPE_RESPONSE && type != NoiseIk.TYPE_ERROR) {
            throw new MalformedException(
                    "frame of type " + type + " instead of a handshake response");
        }
        if (type == NoiseIk.TYPE_RESPONSE && length != NoiseIk.RESPONSE_BODY) {
            throw new MalformedException("handshake response of a wrong length");
        }
    }

    private NoiseTransport onResponse(ByteBuffer in) throws MalformedException {
        Bytes32 theirs = NoiseIk.takeKey(in);
        byte[] tag = Bytes.take(in, NoiseIk.TAG);
        state.mixHash(theirs.toBytes());
        state.mixKey(ephemeral.agree(theirs));
        state.mixKey(self.agree(theirs));
        NoiseIk.expectEmpty(state.openAndHash(tag, "handshake response"));
        SymmetricState.TransportKeys keys = state.split();
        return new NoiseTransport(
                aead, keys.initiatorSends(), keys.responderSends(), Bytes32.of(state.hash()));
    }

    /// An error frame is authenticated by nobody: it must not be able to write into our log what it likes.
    private static String printable(byte[] text) {
        String read = new String(text, 0, Math.min(text.length, 200), StandardCharsets.UTF_8);
        return '"' + read.replaceAll("\\P{Print}", "?") + '"';
    }
}
