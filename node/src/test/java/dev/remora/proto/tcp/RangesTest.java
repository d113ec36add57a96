package dev.remora.proto.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RangesTest {
    private final Ranges ranges = new Ranges();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void holdsWhatABitSetHolds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BitSet expected = new BitSet();
        for (int i = 0; i < 2000; i++) {
            int from = random.nextInt(5000);
            int to = from + 1 + random.nextInt(20);
            assertThat(ranges.covers(from, to)).isEqualTo(expected.nextClearBit(from) >= to);
            if (ranges.hasRoomFor(from, to)) {
                ranges.add(from, to);
                expected.set(from, to);
            }
        }

        BitSet actual = new BitSet();
        for (int i = 0; i < ranges.count(); i++) {
            assertThat(ranges.left(i)).isLessThan(ranges.right(i));
            assertThat(i == 0 || ranges.right(i - 1) < ranges.left(i)).isTrue();
            actual.set((int) ranges.left(i), (int) ranges.right(i));
        }
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void remembersWhichWereTouchedLast() {
        ranges.add(10, 20);
        ranges.add(30, 40);
        ranges.add(50, 60);
        ranges.add(20, 25);

        assertThat(ranges.recentCount()).isEqualTo(3);
        assertThat(ranges.left(ranges.recent(0))).isEqualTo(10);
        assertThat(ranges.left(ranges.recent(1))).isEqualTo(50);
        assertThat(ranges.left(ranges.recent(2))).isEqualTo(30);
    }

    @Test
    void remembersARangeThatSwallowedOthersOnce() {
        ranges.add(10, 20);
        ranges.add(30, 40);
        ranges.add(15, 35);

        assertThat(ranges.count()).isEqualTo(1);
        assertThat(ranges.recentCount()).isEqualTo(1);
    }

    @Test
    void takesNoMoreRangesThanItsBoundButLetsThemGrow() {
        for (int i = 0; i < Ranges.MOST; i++) {
            ranges.add(10L * i, 10L * i + 5);
        }

        assertThat(ranges.hasRoomFor(7, 8)).isFalse();
        assertThat(ranges.hasRoomFor(5, 8)).isTrue();
        assertThat(ranges.hasRoomFor(10L * Ranges.MOST, 10L * Ranges.MOST + 1)).isFalse();
    }
}
