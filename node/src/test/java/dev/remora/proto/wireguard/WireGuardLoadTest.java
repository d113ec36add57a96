package dev.remora.proto.wireguard;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Bytes32;
import dev.remora.base.Deadlines;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.crypto.Aead;
import dev.remora.crypto.Blake2s;
import dev.remora.crypto.NodeKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Floods, and very many peers.
class WireGuardLoadTest {
    private final TwoNodes nodes = new TwoNodes(1);
    private final TwoNodes.Side a = nodes.a;
    private final TwoNodes.Side b = nodes.b;
    private final Random random = new Random(6);

    @Test
    void underLoadAHandshakeNeedsACookieAndThenSucceeds() {
        flood(HandshakeLoad.QUEUE);
        assertThat(b.dropped(DropReason.BAD_HANDSHAKE)).isEqualTo(HandshakeLoad.QUEUE);
        assertThat(b.inFlight).isEmpty();

        a.send("through the flood");
        b.receive(a.takeFromFlight());
        assertThat(b.dropped(DropReason.COOKIE_DEMANDED)).isEqualTo(1);
        ByteBuffer cookie = b.takeFromFlight();
        assertThat(cookie.remaining()).isEqualTo(Message.CookieReply.LENGTH);
        a.receive(cookie);
        assertThat(a.inFlight).as("a cookie alone makes no new message").isEmpty();

        nodes.passTo(
                Limits.REKEY_TIMEOUT + Limits.RETRY_JITTER,
                () -> {
                    if (!a.inFlight.isEmpty()) {
                        flood(2 * HandshakeLoad.QUEUE);
                        b.inFlight.clear();
                        nodes.settle();
                    }
                });
        assertThat(b.received).containsExactly("through the flood");
    }

    @Test
    void withoutACookieTheFloodCostsNoArithmetic() {
        flood(10_000);

        assertThat(b.dropped(DropReason.BAD_HANDSHAKE)).isEqualTo(HandshakeLoad.QUEUE);
        assertThat(b.dropped(DropReason.COOKIE_DEMANDED)).isEqualTo(10_000 - HandshakeLoad.QUEUE);
        assertThat(b.machine.size()).isZero();
    }

    @Test
    void messagesForAnotherKeyAreDroppedBeforeTheyCount() {
        for (int i = 0; i < 1000; i++) {
            byte[] junk = junkInitiation();
            junk[Message.Initiation.LENGTH - 1 - Message.MAC] ^= 1;
            b.receive(direct(junk));
        }
        assertThat(b.dropped(DropReason.WRONG_MAC1)).isEqualTo(1000);

        a.send("welcome");
        nodes.settle();
        assertThat(b.received).containsExactly("welcome");
    }

    @Test
    void oneSourceGetsTwentyHandshakesASecondUnderLoad() {
        HandshakeLoad load = new HandshakeLoad();
        Source source = new Source.Direct(new IpPort(IpAddress.v4(1), 1));
        Source samePlace = new Source.Direct(new IpPort(IpAddress.v4(1), 2));
        Source elsewhere = new Source.Relayed(1, NodeKey.ZERO);
        int permitted = 0;
        for (int i = 0; i < 1000; i++) {
            permitted +=
                    load.permits(i % 2 == 0 ? source : samePlace, i * SECONDS.toNanos(1) / 1000)
                            ? 1
                            : 0;
        }

        assertThat(permitted).isBetween(24, 25);
        assertThat(load.permits(elsewhere, SECONDS.toNanos(1))).isTrue();
    }

    @Test
    void loadEndsASecondAfterTheFlood() {
        flood(HandshakeLoad.QUEUE + 1);
        b.inFlight.clear();
        nodes.now = SECONDS.toNanos(1) + 1;
        a.send("calm again");
        nodes.settle();

        assertThat(b.received).containsExactly("calm again");
        assertThat(b.dropped(DropReason.COOKIE_DEMANDED)).isEqualTo(1);
    }

    @Test
    void tenThousandPeersCostNothingUntilTheyAreUsed() {
        Set<NodeKey> known = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            byte[] key = new byte[32];
            random.nextBytes(key);
            known.add(new NodeKey(Bytes32.of(key)));
        }
        WireGuard machine =
                new WireGuard(
                        b.key,
                        Aead.best(),
                        random,
                        () -> TwoNodes.EPOCH,
                        known::contains,
                        TwoNodes.MTU);
        assertThat(machine.size() + machine.indices()).isZero();
        assertThat(machine.nextDeadline()).isEqualTo(Deadlines.NEVER);

        known.stream()
                .limit(500)
                .forEach(peer -> machine.send(peer, TwoNodes.packet("x"), 0, output -> {}));
        assertThat(machine.size()).isEqualTo(500);
        long now = 0;
        while (machine.nextDeadline() != Deadlines.NEVER) {
            assertThat(machine.nextDeadline()).isGreaterThan(now);
            now = machine.nextDeadline();
            if (now > SECONDS.toNanos(20) && now < SECONDS.toNanos(100)) {
                known.stream().limit(500).forEach(peer -> machine.forget(peer, output -> {}));
            } else {
                machine.onTimer(now, output -> {});
            }
        }
        assertThat(machine.size() + machine.indices()).isZero();
    }

    /// Messages that whoever knows our public key can make.
    private void flood(int messages) {
        for (int i = 0; i < messages; i++) {
            b.receive(direct(junkInitiation()));
            if (i >= HandshakeLoad.QUEUE) {
                b.inFlight.clear();
            }
        }
    }

    private byte[] junkInitiation() {
        byte[] message = new byte[Message.Initiation.LENGTH];
        random.nextBytes(message);
        Arrays.fill(message, 0, 4, (byte) 0);
        message[0] = Message.INITIATION;
        int mac1At = message.length - Message.MACS;
        byte[] key = CookieJar.mac1Key(b.key.publicKey());
        byte[] mac1 = Blake2s.mac16(key, Arrays.copyOf(message, mac1At));
        System.arraycopy(mac1, 0, message, mac1At, Message.MAC);
        return message;
    }

    private static ByteBuffer direct(byte[] message) {
        return PeerTunnel.direct(message);
    }
}
