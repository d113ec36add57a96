package dev.remora.server.relay;

import static dev.remora.server.relay.TestRelay.ALICE;
import static dev.remora.server.relay.TestRelay.BOB;
import static dev.remora.server.relay.TestRelay.CAROL;
import static dev.remora.server.relay.TestRelay.discoPacket;
import static dev.remora.server.relay.TestRelay.packet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.crypto.NodePrivateKey;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.DerpFrame.PeerGone;
import dev.remora.proto.derp.DerpFrame.RecvPacket;
import dev.remora.proto.derp.DerpFrame.SendPacket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What becomes of packets, and who is told of whose leaving.
class RelayTest {
    private final TestRelay relay = new TestRelay();

    private static SendPacket to(NodePrivateKey receiver, ByteBuffer packet) {
        return new SendPacket(receiver.publicKey(), packet);
    }

    private static RecvPacket from(NodePrivateKey sender, String text) {
        return new RecvPacket(sender.publicKey(), packet(text));
    }

    @Test
    void aPacketComesWithTheKeyOfItsSender() throws Exception {
        Wire alice = relay.join(ALICE);
        Wire bob = relay.join(BOB);

        alice.write(to(BOB, packet("one")), to(BOB, packet("two")));

        assertThat(bob.frames()).containsExactly(from(ALICE, "one"), from(ALICE, "two"));
        assertThat(alice.frames()).isEmpty();
        assertThat(relay.counts().packetsDelivered()).isEqualTo(2);
        assertThat(relay.counts().bytesDelivered()).isEqualTo(6);
    }

    @Test
    void whoAsksByDiscoForSomebodyWhoIsNotHereIsToldAtMostThreeTimesAndThenOncePerSecond()
            throws Exception {
        Wire alice = relay.join(ALICE);
        PeerGone notHere = new PeerGone(BOB.publicKey(), PeerGone.NOT_HERE);

        for (int i = 0; i < 5; i++) {
            alice.write(to(BOB, discoPacket()));
        }
        assertThat(alice.frames()).containsExactly(notHere, notHere, notHere);
        relay.pass(1, TimeUnit.SECONDS);
        alice.write(to(BOB, discoPacket()), to(BOB, discoPacket()));

        assertThat(alice.frames()).containsExactly(notHere);
        assertThat(relay.counts().drops(Drop.NOT_HERE)).isEqualTo(7);
    }

    @Test
    void otherPacketsForSomebodyWhoIsNotHereVanish() throws Exception {
        Wire alice = relay.join(ALICE);

        alice.write(to(BOB, packet("anybody?")));

        assertThat(alice.frames()).isEmpty();
        assertThat(relay.counts().drops(Drop.NOT_HERE)).isEqualTo(1);
    }

    @Test
    void whoGotPacketsIsToldOnceThatTheirSenderLeft() throws Exception {
        Wire alice = relay.join(ALICE);
        Wire bob = relay.join(BOB);
        Wire carol = relay.join(CAROL);
        alice.write(to(BOB, packet("one")), to(BOB, packet("two")));
        bob.frames();

        alice.close();

        assertThat(bob.frames())
                .containsExactly(new PeerGone(ALICE.publicKey(), PeerGone.DISCONNECTED));
        assertThat(carol.frames()).isEmpty();
        assertThat(relay.counts().clients()).isEqualTo(2);
    }

    @Test
    void aReceiverThatLeftIsNotToldOfItsSendersLeaving() throws Exception {
        Wire alice = relay.join(ALICE);
        Wire bob = relay.join(BOB);
        alice.write(to(BOB, packet("one")));
        bob.close();
        bob.bytes();

        alice.close();

        assertThat(bob.frames()).isEmpty();
        assertThat(relay.counts().clients()).isZero();
    }

    @Test
    void ofSeveralConnectionsWithOneKeyTheOneThatSpokeLastGetsThePackets() throws Exception {
        Wire alice = relay.join(ALICE);
        Wire first = relay.join(BOB);
        Wire second = relay.join(BOB);

        alice.write(to(BOB, packet("to the newest")));
        first.write(new DerpFrame.NotePreferred(true));
        alice.write(to(BOB, packet("to the one that spoke")));

        assertThat(second.frames()).containsExactly(from(ALICE, "to the newest"));
        assertThat(first.frames()).containsExactly(from(ALICE, "to the one that spoke"));
    }

    @Test
    void whenTheActiveConnectionLeavesTheOneThatSpokeBeforeItTakesOver() throws Exception {
        Wire alice = relay.join(ALICE);
        Wire first = relay.join(BOB);
        Wire second = relay.join(BOB);
        relay.join(BOB).close();
        first.write(new DerpFrame.NotePreferred(true));

        first.close();
        alice.write(to(BOB, packet("still there?")));

        assertThat(second.frames()).containsExactly(from(ALICE, "still there?"));
    }

    @Test
    void aLeavingIsToldOnlyWhenTheLastConnectionOfAKeyEnds() throws Exception {
        Wire alice = relay.join(ALICE);
        Wire first = relay.join(BOB);
        Wire second = relay.join(BOB);
        first.write(to(ALICE, packet("hello")));
        alice.frames();

        first.close();
        assertThat(alice.frames()).isEmpty();
        second.close();

        assertThat(alice.frames())
                .containsExactly(new PeerGone(BOB.publicKey(), PeerGone.DISCONNECTED));
    }

    @Test
    void twoProgramsThatFightForAKeyAreToldAndTheOneThatStaysIsToldWhenItIsOver() throws Exception {
        Wire first = relay.join(BOB);
        Wire second = relay.join(BOB);

        for (int i = 0; i < 2; i++) {
            assertThat(first.frames()).isEmpty();
            first.write(new DerpFrame.NotePreferred(true));
            second.write(new DerpFrame.NotePreferred(true));
        }
        List<DerpFrame> toldFirst = first.frames();
        assertThat(toldFirst).hasSize(1).isEqualTo(second.frames());
        assertThat(((DerpFrame.Health) toldFirst.getFirst()).problem()).contains("key");
        second.close();

        assertThat(first.frames()).containsExactly(new DerpFrame.Health(""));
    }

    @Test
    void aPingComesBackWithItsData() throws Exception {
        Wire alice = relay.join(ALICE);

        alice.write(new DerpFrame.Ping(0x0001020304050607L));

        assertThat(alice.frames()).containsExactly(new DerpFrame.Pong(0x0001020304050607L));
    }

    @Test
    void aSilentConnectionIsKeptAliveEveryMinuteOrALittleLater() throws Exception {
        Wire alice = relay.join(ALICE);

        relay.pass(59, TimeUnit.SECONDS);
        assertThat(alice.frames()).isEmpty();
        relay.pass(6, TimeUnit.SECONDS);

        assertThat(alice.frames()).containsExactly(new DerpFrame.KeepAlive());
    }

    @Test
    void framesOfAnUnknownTypeAreSkipped() throws Exception {
        Wire alice = relay.join(ALICE);

        alice.write(new DerpFrame.Unknown(0x77, packet("from the future")), new DerpFrame.Ping(1));

        assertThat(alice.frames()).containsExactly(new DerpFrame.Pong(1));
    }

    @Test
    void framesMayComeInPiecesOfAnySize() throws Exception {
        Wire alice = relay.join(ALICE);
        Wire bob = relay.join(BOB);
        byte[] bytes = Wire.bytesOf(to(BOB, packet("one")), to(BOB, packet("two")));

        for (byte b : bytes) {
            alice.write(new byte[] {b});
        }

        assertThat(bob.frames()).isEqualTo(List.of(from(ALICE, "one"), from(ALICE, "two")));
    }

    @Test
    void theLongestPacketPassesAndALongerOneEndsTheConnection() throws Exception {
        Wire alice = relay.join(ALICE);
        Wire bob = relay.join(BOB);

        alice.write(to(BOB, ByteBuffer.allocate(DerpFrame.MAX_PACKET)));
        assertThat(bob.frames()).hasSize(1);
        assertThat(alice.isOpen()).isTrue();
        alice.write(to(BOB, ByteBuffer.allocate(DerpFrame.MAX_PACKET + 1)));

        assertThat(bob.frames()).doesNotHaveAnyElementsOfTypes(RecvPacket.class);
        assertThat(alice.isOpen()).isFalse();
        assertThat(relay.counts().hangups(Hangup.MALFORMED)).isEqualTo(1);
    }

    @Test
    void aRestartIsToldToEverybody() throws Exception {
        Wire alice = relay.join(ALICE);
        DerpFrame.Restarting notice = new DerpFrame.Restarting(1000, 60_000);

        for (ClientHandler handler : List.copyOf(relay.context().handlers())) {
            handler.shutDown(notice);
        }

        assertThat(alice.frames()).containsExactly(notice);
        assertThat(alice.isOpen()).isFalse();
        assertThat(relay.context().handlers()).isEmpty();
        assertThat(relay.counts().hangups(Hangup.SHUTDOWN)).isEqualTo(1);
    }
}
