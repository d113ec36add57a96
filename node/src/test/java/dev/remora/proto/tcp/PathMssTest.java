package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PathMssTest {
    private static final int FULL = 1228;

    private final PathMss mss = new PathMss(FULL);

    @Test
    void becomesSmallAfterTwoTimeoutsOfFullSegments() {
        mss.onTimeout(FULL);
        assertThat(mss.value()).isEqualTo(FULL);

        mss.onTimeout(FULL);

        assertThat(mss.value()).isEqualTo(PathMss.SAFE);
    }

    @Test
    void doesNotBlameSizeWhenSmallSegmentsAreLost() {
        for (int i = 0; i < 6; i++) {
            mss.onTimeout(500);
        }

        assertThat(mss.value()).isEqualTo(FULL);
    }

    @Test
    void takesTurnsWhileNothingPasses() {
        mss.onTimeout(FULL);
        mss.onTimeout(FULL);
        mss.onTimeout(PathMss.SAFE);

        assertThat(mss.value()).isEqualTo(FULL);
    }

    @Test
    void triesFullSegmentsAgainEverMoreSeldom() {
        blackHole(0);
        assertThat(mss.value()).isEqualTo(PathMss.SAFE);
        mss.onProgress(SECONDS.toNanos(29));
        assertThat(mss.value()).isEqualTo(PathMss.SAFE);
        mss.onProgress(SECONDS.toNanos(30));
        assertThat(mss.value()).isEqualTo(FULL);

        blackHole(SECONDS.toNanos(31));
        mss.onProgress(SECONDS.toNanos(90));

        assertThat(mss.value()).isEqualTo(PathMss.SAFE);
    }

    @Test
    void neverGrowsBeyondWhatIcmpAllowed() {
        mss.lower(900);

        assertThat(mss.value()).isEqualTo(900);
        blackHole(0);
        assertThat(mss.value()).isEqualTo(900);
    }

    /// Two full segments time out, the first small one passes.
    private void blackHole(long now) {
        mss.onTimeout(FULL);
        mss.onTimeout(FULL);
        mss.onProgress(now);
    }
}
