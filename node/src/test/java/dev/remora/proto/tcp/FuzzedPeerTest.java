package dev.remora.proto.tcp;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The fuzz target's connection with random bytes, in every build.
final class FuzzedPeerTest {
    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void isNotUpsetByAnySegment(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        FuzzedPeer peer = new FuzzedPeer();
        byte[] step = new byte[8];
        for (int i = 0; i < 500 && !peer.over(); i++) {
            random.nextBytes(step);
            // Ends are rare, so that much happens before them.
            int allowed = random.nextInt(50) == 0 ? 0xff : ~TcpSegment.FIN;
            step[1] = (byte) (step[1] & allowed);
            if ((step[0] & 7) == 1 && (step[1] & 7) < 2 && random.nextInt(20) > 0) {
                step[1] |= 2;
            }
            peer.step(step);
        }
        peer.finish();
    }
}
