package dev.remora.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPort;
import dev.remora.proto.ip.PacketSink;
import dev.remora.testing.Packets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Packets that lie one behind the other, and the runs they make.
class PacketArenaTest {
    private static final IpPort A = new IpPort(Packets.ip("192.0.2.1"), 1);
    private static final IpPort B = new IpPort(Packets.ip("192.0.2.2"), 1);

    private final List<ByteBuffer> packets = new ArrayList<>();
    private int flushes;
    private final PacketArena arena =
            new PacketArena(packet -> packets.add(packet.duplicate()), () -> flush());
    private final SendRun run = new SendRun();

    private void flush() {
        flushes++;
        arena.reset();
    }

    /// Writes a packet of that many bytes, each its last digit, and shows it as it was handed on.
    private ByteBuffer write(int maxLength, int length) {
        ByteBuffer out = arena.begin(maxLength);
        assertThat(out.capacity()).isEqualTo(maxLength);
        for (int i = 0; i < length; i++) {
            out.put((byte) length);
        }
        arena.end(out.flip());
        return packets.getLast();
    }

    /// What sealing makes of a packet whose length is a multiple of 16: header before, tag behind.
    private ByteBuffer sealed(ByteBuffer packet) {
        return packet.duplicate()
                .limit(packet.limit() + 16)
                .position(packet.position() - PacketSink.HEADROOM);
    }

    @Test
    void aPacketIsHandedOnWithRoomBeforeAndBehind() {
        ByteBuffer packet = write(1280, 100);
        assertThat(packet.remaining()).isEqualTo(100);
        assertThat(packet.get(packet.position())).isEqualTo((byte) 100);
        assertThat(packet.position()).isGreaterThanOrEqualTo(PacketSink.HEADROOM);
        assertThat(packet.capacity() - packet.limit()).isGreaterThanOrEqualTo(PacketSink.TAILROOM);
    }

    @Test
    void whatWasSentFromHereStaysUntilTheFlush() {
        ByteBuffer first = sealed(write(1280, 96));
        arena.keep(first);
        ByteBuffer second = sealed(write(1280, 64));
        assertThat(second.position()).isEqualTo(first.limit());
        assertThat(first.get(PacketSink.HEADROOM)).isEqualTo((byte) 96);
    }

    @Test
    void whatWasNotSentGivesItsPlaceToTheNext() {
        ByteBuffer dropped = write(1280, 96);
        ByteBuffer next = write(1280, 64);
        assertThat(next.position()).isEqualTo(dropped.position());
    }

    @Test
    void aFullArenaIsFlushedBeforeMemoryIsUsedAgain() {
        int kept = 0;
        while (flushes == 0) {
            ByteBuffer packet = write(1280, 1280);
            if (flushes == 0) {
                arena.keep(sealed(packet));
                kept++;
            }
        }
        assertThat(kept).isGreaterThan(150);
        assertThat(packets.getLast().position()).isEqualTo(PacketSink.HEADROOM);
    }

    @Test
    void knowsItsOwnMemory() {
        ByteBuffer mine = write(1280, 10);
        assertThat(arena.holds(mine)).isTrue();
        assertThat(arena.holds(mine.duplicate())).isTrue();
        assertThat(arena.holds(ByteBuffer.allocateDirect(mine.capacity()))).isFalse();
        assertThat(arena.holds(mine.slice())).as("other positions").isFalse();
    }

    /// @param length 32 more than a multiple of 16
    private ByteBuffer datagram(int length) {
        ByteBuffer sealed = sealed(write(1280, length - 32));
        arena.keep(sealed);
        return sealed;
    }

    @Test
    void datagramsOfOneSizeAndAShorterLastOneMakeARun() {
        assertThat(run.add(A, datagram(208))).isTrue();
        assertThat(run.add(A, datagram(208))).isTrue();
        assertThat(run.add(A, datagram(112))).isTrue();
        assertThat(run.add(A, datagram(112))).as("behind a shorter one").isFalse();

        EngineOutput.SendDatagrams out = run.take();
        assertThat(out.to()).isEqualTo(A);
        assertThat(out.segmentSize()).isEqualTo(208);
        assertThat(out.datagrams().remaining()).isEqualTo(528);
        assertThat(run.isEmpty()).isTrue();
    }

    @Test
    void aLongerOneDoesNotContinueARun() {
        run.add(A, datagram(112));
        assertThat(run.add(A, datagram(208))).isFalse();
        assertThat(run.take().datagrams().remaining()).isEqualTo(112);
    }

    @Test
    void anotherDestinationDoesNotContinueARun() {
        run.add(A, datagram(112));
        assertThat(run.add(B, datagram(112))).isFalse();
    }

    @Test
    void whatLiesElsewhereDoesNotContinueARun() {
        run.add(A, datagram(112));
        datagram(112); // went through a relay, say
        assertThat(run.add(A, datagram(112))).isFalse();
    }
}
