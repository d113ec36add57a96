package dev.remora.proto.disco;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.NaclBox;
import dev.remora.proto.disco.DiscoMessage.Ping;
import java.nio.ByteBuffer;

/// What a peer says is read or refused, and what a stranger seals never opens.
class DiscoFuzzTest {
    private static final DiscoPrivateKey US = DiscoPrivateKey.of(new Bytes32(1, 2, 3, 4));

    @FuzzTest(maxDuration = "10s")
    void payload(byte[] payload) throws MalformedException {
        DiscoMessage message;
        try {
            message = DiscoMessage.parse(ByteBuffer.wrap(payload));
        } catch (MalformedException refused) {
            return;
        }
        // so much padding and no key in front of it cannot be said: its first 32 bytes are the
        // key's place
        if (message instanceof Ping(_, var nodeKey, var padding)
                && nodeKey.isEmpty()
                && padding >= 32) {
            return;
        }
        ByteBuffer out = ByteBuffer.allocate(message.length());
        message.writeTo(out);
        expectSame(message, DiscoMessage.parse(out.flip()));
    }

    @FuzzTest(maxDuration = "10s")
    void envelope(byte[] datagram) {
        try {
            DiscoPacket packet = DiscoPacket.of(ByteBuffer.wrap(datagram));
            DiscoMessage message = packet.open(NaclBox.precompute(US, packet.sender().bytes()));
            throw new AssertionError("a forged packet opened: " + message);
        } catch (MalformedException refused) {
            // as it should be
        }
    }

    @FuzzTest(maxDuration = "5s")
    void geneve(byte[] bytes) throws MalformedException {
        GeneveHeader header;
        try {
            header = GeneveHeader.parse(ByteBuffer.wrap(bytes));
        } catch (MalformedException refused) {
            return;
        }
        ByteBuffer out = ByteBuffer.allocate(GeneveHeader.LENGTH);
        header.writeTo(out);
        expectSame(header, GeneveHeader.parse(out.flip()));
    }

    private static void expectSame(Object written, Object read) {
        if (!written.equals(read)) {
            throw new AssertionError(written + " came back as " + read);
        }
    }
}
