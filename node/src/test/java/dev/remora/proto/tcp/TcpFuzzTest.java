package dev.remora.proto.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Any bytes are a segment or are refused, and no sequence of segments upsets a connection.
class TcpFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void segment(byte[] bytes) {
        ByteBuffer packet = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        try {
            TcpSegment segment = new TcpSegment().parse(packet, 0, packet.limit());
            assertThat(segment.payloadLength()).isBetween(0, bytes.length - TcpSegment.HEADER);
            assertThat(segment.sackBlocks()).isBetween(0, 4);
            assertThat(segment.windowShift()).isBetween(-1, 14);
            assertThat(segment.toString()).isNotEmpty();
        } catch (MalformedException e) {
            assertThat(e.reason()).isNotEmpty();
        }
    }

    /// Eight bytes make one step: a segment near the window, time passing, or the owner doing something.
    @FuzzTest(maxDuration = "10s")
    void connection(byte[] bytes) {
        FuzzedPeer peer = new FuzzedPeer();
        for (int i = 0; i + 8 <= bytes.length && i < 8 * 500 && !peer.over(); i += 8) {
            peer.step(Arrays.copyOfRange(bytes, i, i + 8));
        }
        peer.finish();
    }
}
