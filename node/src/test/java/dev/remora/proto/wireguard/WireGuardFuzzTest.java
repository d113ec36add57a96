package dev.remora.proto.wireguard;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.crypto.Blake2s;
import java.util.Arrays;
import java.util.List;

/// A stranger's datagrams: none may throw, be delivered, or disturb the session that is up. With a valid MAC1, which
/// whoever knows our public key can make, they come further in.
class WireGuardFuzzTest {
    /// One pair for all runs, a second apart: a handshake for each would be all the work.
    private static final TwoNodes NODES = new TwoNodes(1);

    @FuzzTest(maxDuration = "10s")
    void datagram(byte[] bytes) {
        NODES.passTo(NODES.now + SECONDS.toNanos(1));
        NODES.b.received.clear();
        NODES.b.said.clear();
        NODES.a.said.clear();
        NODES.b.receive(PeerTunnel.direct(bytes));
        NODES.b.receive(PeerTunnel.direct(withMac1(bytes, NODES)));
        NODES.b.inFlight.clear();
        NODES.a.send("still up");
        NODES.settle();
        if (!NODES.b.received.equals(List.of("still up"))) {
            throw new AssertionError("session disturbed: " + NODES.b.received);
        }
    }

    private static byte[] withMac1(byte[] bytes, TwoNodes nodes) {
        if (bytes.length < Message.MACS) {
            return bytes;
        }
        byte[] message = bytes.clone();
        int mac1At = message.length - Message.MACS;
        byte[] key = CookieJar.mac1Key(nodes.b.key.publicKey());
        byte[] mac1 = Blake2s.mac16(key, Arrays.copyOf(message, mac1At));
        System.arraycopy(mac1, 0, message, mac1At, Message.MAC);
        return message;
    }
}
