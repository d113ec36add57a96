package dev.remora.proto.noise;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.MachinePrivateKey;
import java.nio.ByteBuffer;
import java.util.Random;

/// A stranger's stream: each reader takes it or refuses it, and takes nothing while it waits for more.
class NoiseFuzzTest {
    private static final MachinePrivateKey CLIENT = MachinePrivateKey.generate(new Random(1));
    private static final MachinePrivateKey SERVER = MachinePrivateKey.generate(new Random(2));

    @FuzzTest(maxDuration = "10s")
    void initiation(byte[] bytes) {
        try {
            NoiseAnswer.to(bytes, SERVER, new Random(3), Aead.jdk());
        } catch (MalformedException refused) {
            // as it should be: nobody guesses a valid one
        }
    }

    @FuzzTest(maxDuration = "10s")
    void responseAndRecords(byte[] bytes) throws MalformedException {
        NoiseHandshake handshake =
                NoiseHandshake.start(145, CLIENT, SERVER.publicKey(), new Random(4), Aead.jdk());
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            if (handshake.finish(in).isPresent()) {
                throw new AssertionError("accepted a response without the server's key");
            }
        } catch (MalformedException refused) {
            // most are
        }
        try (NoiseTransport transport =
                new NoiseTransport(Aead.jdk(), new byte[32], new byte[32], CLIENT.publicBytes())) {
            expectUntakenUnlessRead(transport, ByteBuffer.wrap(bytes));
        }
    }

    private static void expectUntakenUnlessRead(NoiseTransport transport, ByteBuffer in) {
        ByteBuffer out = ByteBuffer.allocate(NoiseTransport.MAX_PLAIN);
        try {
            if (!transport.open(in, out) && in.position() != 0) {
                throw new AssertionError("took bytes without a record");
            }
        } catch (MalformedException refused) {
            // most are
        }
    }

    @FuzzTest(maxDuration = "10s")
    void earlyPayload(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            EarlyPayload payload = EarlyPayload.read(in);
            if (!(payload instanceof EarlyPayload.Present) && in.position() != 0) {
                throw new AssertionError("took bytes without a payload");
            }
        } catch (MalformedException refused) {
            // too long
        }
    }
}
