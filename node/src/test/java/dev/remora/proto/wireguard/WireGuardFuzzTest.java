package dev.remora.proto.wireguard;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.crypto.Blake2s;
import java.util.Arrays;
import java.util.List;

/// A stranger's datagrams: none may throw, be delivered, or disturb the session that is up. With a valid MAC1, which
/// whoever knows our public key can make, they come further in.
class WireGuardFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void datagram(byte[] bytes) {
        TwoNodes nodes = new TwoNodes(1);
        nodes.a.send("up");
        nodes.settle();
        nodes.b.receive(PeerTunnel.direct(bytes));
        nodes.b.receive(PeerTunnel.direct(withMac1(bytes, nodes)));
        nodes.b.inFlight.clear();
        nodes.a.send("still up");
        nodes.settle();
        if (!nodes.b.received.equals(List.of("up", "still up"))) {
            throw new AssertionError("session disturbed: " + nodes.b.received);
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
