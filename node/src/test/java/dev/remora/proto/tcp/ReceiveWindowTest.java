package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// RFC 9293 §3.8.6.2.2, RFC 7323 §2.4, and the tuning of the window to what its owner consumes.
final class ReceiveWindowTest {
    private static final int MSS = 1000;
    private static final long RTT = MILLISECONDS.toNanos(50);

    @Test
    void neverMovesItsEdgeLeftAndTellsTheTruthAfterScaling() {
        ReceiveWindow window = window(64 * 1024, 8 * 1024 * 1024);
        window.synField(1);
        window.scale(8);
        assertThat(window.edge()).isEqualTo(65_536);

        // 10 bytes arrived and were not read: 65 526 are left, which 255 units of 256 would not
        // reach.
        assertThat(window.field(11, 1)).isEqualTo(256);
        assertThat(window.edge()).isEqualTo(11 + 65_536);
        assertThat(window.field(300, 1)).isEqualTo(255);
        assertThat(window.edge()).isEqualTo(300 + 255 * 256);
    }

    @Test
    void opensInStepsOfASegment() {
        ReceiveWindow window = window(4 * MSS, 4 * MSS);
        window.synField(1);
        assertThat(window.field(1 + 4 * MSS, 1)).isZero();

        assertThat(window.worthUpdate(1 + 4 * MSS, 1 + MSS - 1)).isFalse();
        assertThat(window.field(1 + 4 * MSS, 1 + MSS - 1)).isZero();
        assertThat(window.worthUpdate(1 + 4 * MSS, 1 + MSS)).isTrue();
        assertThat(window.field(1 + 4 * MSS, 1 + MSS)).isEqualTo(MSS);
    }

    @Test
    void growsToTwiceWhatIsConsumedInARoundTrip() {
        ReceiveWindow window = window(64 * 1024, 8 * 1024 * 1024);
        window.rttSample(RTT);
        long now = 0;
        long read = 1;
        window.onConsumed(read, now);
        for (int i = 0; i < 4; i++) {
            now += RTT;
            read += 60_000L << i;
            window.onConsumed(read, now);
        }

        // The last round was 480 000 bytes, twice the one before.
        assertThat(window.size()).isEqualTo(2 * (2 * 480_000 + 16 * MSS));
        assertThat(window.growing()).isTrue();
    }

    @Test
    void staysWhenConsumptionIsSteady() {
        ReceiveWindow window = window(64 * 1024, 8 * 1024 * 1024);
        window.rttSample(RTT);
        for (int i = 0; i < 100; i++) {
            window.onConsumed(1 + 10_000L * i, i * RTT);
        }

        assertThat(window.size()).isEqualTo(64 * 1024);
        assertThat(window.growing()).isFalse();
    }

    @Test
    void neverGrowsBeyondItsBound() {
        ReceiveWindow window = window(64 * 1024, 1024 * 1024);
        window.rttSample(RTT);
        for (int i = 0; i < 20; i++) {
            window.onConsumed(1 + (100_000L << i), i * RTT);
        }

        assertThat(window.size()).isEqualTo(1024 * 1024);
    }

    private static ReceiveWindow window(int initial, int most) {
        return new ReceiveWindow(
                CountingMemory.plenty(), new TcpConfig.Buffers(initial, most, 1), MSS);
    }
}
