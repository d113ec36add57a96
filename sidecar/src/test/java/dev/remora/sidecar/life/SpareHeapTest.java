package dev.remora.sidecar.life;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpareHeapTest {
    private static final long MIB = 1 << 20;

    private long size = 20 * MIB;
    private int collected;

    private final SpareHeap heap =
            new SpareHeap(
                    () -> size,
                    () -> {
                        collected++;
                        size = 70 * MIB;
                    });

    @Test
    void aSmallHeapIsLeftAlone() {
        heap.save();

        assertThat(collected).isZero();
    }

    @Test
    void aHeapThatHasGrownIsCollectedOnceAndAgainOnlyIfItGrows() {
        size = 700 * MIB;
        heap.save();
        heap.save();
        assertThat(collected).isEqualTo(1);

        size = 110 * MIB;
        heap.save();
        assertThat(collected).isEqualTo(1);

        size = 150 * MIB;
        heap.save();
        assertThat(collected).isEqualTo(2);
    }
}
