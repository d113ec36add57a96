package dev.remora.server.relay;

import static dev.remora.server.relay.TestRelay.ALICE;
import static dev.remora.server.relay.TestRelay.BOB;
import static dev.remora.server.relay.TestRelay.CAROL;
import static dev.remora.server.relay.TestRelay.packet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.DerpFrame.PeerGone;
import dev.remora.proto.derp.DerpFrame.RecvPacket;
import dev.remora.proto.derp.DerpFrame.SendPacket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A client that does not read hurts nobody but itself. A [Wire] does not read as long as nobody asks it for frames, and
/// its channel is full after four kilobytes.
class SlowReaderTest {
    private static final int FILLER = 5000;

    private final TestRelay relay = new TestRelay();

    private static SendPacket toBob(ByteBuffer packet) {
        return new SendPacket(BOB.publicKey(), packet);
    }

    private static SendPacket toBob(int number) {
        return toBob(ByteBuffer.allocate(4).putInt(0, number));
    }

    private static List<Integer> numbers(List<DerpFrame> frames) {
        return frames.stream()
                .filter(RecvPacket.class::isInstance)
                .map(frame -> ((RecvPacket) frame).packet())
                .filter(packet -> packet.remaining() == 4)
                .map(ByteBuffer::getInt)
                .toList();
    }

    @Test
    void keepsTheLatestPacketsOnly() throws Exception {
        Wire alice = relay.join(ALICE);
        Wire bob = relay.join(BOB);
        alice.write(toBob(ByteBuffer.allocate(FILLER)));

        for (int i = 0; i < PacketQueue.MOST + 10; i++) {
            alice.write(toBob(i));
        }

        List<Integer> numbers = numbers(bob.frames());
        assertThat(numbers).hasSize(PacketQueue.MOST).first().isEqualTo(10);
        assertThat(numbers).isSorted();
        assertThat(relay.counts().drops(Drop.QUEUE_FULL)).isEqualTo(10);
        assertThat(relay.context().budget().taken()).isZero();
    }

    @Test
    void isOvertakenByOthers() throws Exception {
        Wire alice = relay.join(ALICE);
        relay.join(BOB);
        Wire carol = relay.join(CAROL);
        alice.write(toBob(ByteBuffer.allocate(FILLER)));

        alice.write(toBob(1), new SendPacket(CAROL.publicKey(), packet("hello")));

        assertThat(carol.frames())
                .containsExactly(new RecvPacket(ALICE.publicKey(), packet("hello")));
    }

    @Test
    void losesPacketsOfWhoFloodsItAndNotOfOthers() throws Exception {
        Wire alice = relay.join(ALICE);
        Wire carol = relay.join(CAROL);
        Wire bob = relay.join(BOB);
        alice.write(toBob(ByteBuffer.allocate(FILLER)));

        carol.write(toBob(packet("one")), toBob(packet("two")));
        for (int i = 0; i < 10 * PacketQueue.MOST; i++) {
            alice.write(toBob(i));
        }

        assertThat(bob.frames())
                .contains(
                        new RecvPacket(CAROL.publicKey(), packet("one")),
                        new RecvPacket(CAROL.publicKey(), packet("two")))
                .hasSize(1 + PacketQueue.MOST);
    }

    @Test
    void hasAQueueOfItsOwnForDisco() throws Exception {
        Wire alice = relay.join(ALICE);
        Wire bob = relay.join(BOB);
        alice.write(toBob(ByteBuffer.allocate(FILLER)), toBob(TestRelay.discoPacket()));

        for (int i = 0; i < 100; i++) {
            alice.write(toBob(i));
        }

        assertThat(bob.frames())
                .contains(new RecvPacket(ALICE.publicKey(), TestRelay.discoPacket()));
    }

    @Test
    void takesNoMoreMemoryThanThereIsForAll() throws Exception {
        TestRelay small = new TestRelay(Admission.EVERYBODY, 1000);
        Wire alice = small.join(ALICE);
        Wire bob = small.join(BOB);
        alice.write(toBob(ByteBuffer.allocate(FILLER)));

        for (int i = 0; i < 10; i++) {
            alice.write(toBob(ByteBuffer.allocate(400)));
        }
        assertThat(small.context().budget().taken()).isBetween(400L, 1000L);
        alice.write(toBob(ByteBuffer.allocate(2000)));

        assertThat(small.counts().drops(Drop.NO_MEMORY)).isEqualTo(11);
        assertThat(bob.frames()).hasSize(1);
        assertThat(small.context().budget().taken()).isZero();
    }

    @Test
    void leavesMemoryForOthersWhoDoNotRead() throws Exception {
        TestRelay small = new TestRelay(Admission.EVERYBODY, 1000);
        Wire alice = small.join(ALICE);
        small.join(BOB);
        Wire carol = small.join(CAROL);
        alice.write(toBob(ByteBuffer.allocate(FILLER)));
        for (int i = 0; i < PacketQueue.MOST; i++) {
            alice.write(toBob(ByteBuffer.allocate(50)));
        }

        alice.write(
                new SendPacket(CAROL.publicKey(), ByteBuffer.allocate(FILLER)),
                new SendPacket(CAROL.publicKey(), packet("one")),
                new SendPacket(CAROL.publicKey(), packet("two")));

        assertThat(small.context().budget().taken()).isLessThan(1000);
        assertThat(carol.frames()).hasSize(3);
    }

    @Test
    void isToldOfEachLeavingOnce() throws Exception {
        Wire bob = relay.join(BOB);
        Wire alice = relay.join(ALICE);
        alice.write(toBob(ByteBuffer.allocate(FILLER)));

        for (int i = 0; i < 5; i++) {
            Wire carol = relay.join(CAROL);
            carol.write(toBob(i));
            carol.close();
        }

        PeerGone gone = new PeerGone(CAROL.publicKey(), PeerGone.DISCONNECTED);
        assertThat(bob.frames()).containsOnlyOnce(gone);
    }

    @Test
    void isHungUpOnWhenItGoesOnForTooLong() throws Exception {
        Wire alice = relay.join(ALICE);
        Wire bob = relay.join(BOB);
        alice.write(toBob(ByteBuffer.allocate(FILLER)), toBob(1));

        relay.pass(16, TimeUnit.SECONDS);

        assertThat(relay.counts().hangups(Hangup.STALLED)).isEqualTo(1);
        assertThat(bob.isOpen()).isFalse();
        assertThat(alice.isOpen()).isTrue();
        assertThat(relay.counts().drops(Drop.RECEIVER_LEFT)).isEqualTo(1);
        assertThat(relay.context().budget().taken()).isZero();
    }
}
