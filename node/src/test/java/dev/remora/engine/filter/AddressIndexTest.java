package dev.remora.engine.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressIndexTest {
    /// Few addresses around places where carries and signs go wrong, so that ranges touch and overlap.
    private static IpAddress address(Random random) {
        long near = random.nextInt(12);
        return switch (random.nextInt(5)) {
            case 0 -> IpAddress.v4((int) near);
            case 1 -> IpAddress.v4((int) (0x7fff_fffaL + near));
            case 2 -> IpAddress.v4((int) (-1 - near));
            case 3 -> near < 6 ? IpAddress.v6(5, near - 6) : IpAddress.v6(6, near - 6);
            default -> IpAddress.v6(-1, -1 - near);
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void findsWhatLookingAtEveryRangeFinds(long seed) {
        Random random = new Random(seed);
        List<List<IpRange>> things = new ArrayList<>();
        AddressIndex.Builder<Integer> builder = new AddressIndex.Builder<>();
        for (int thing = 0; thing < 40; thing++) {
            List<IpRange> ranges = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                IpAddress a = address(random);
                IpAddress b = address(random);
                if (a.v4() == b.v4()) {
                    ranges.add(a.compareTo(b) < 0 ? new IpRange(a, b) : new IpRange(b, a));
                }
            }
            things.add(ranges);
            builder.add(thing, ranges);
        }
        AddressIndex<Integer> index = builder.build();

        for (int i = 0; i < 2_000; i++) {
            IpAddress ip = address(random);
            List<Integer> expected =
                    IntStream.range(0, things.size())
                            .filter(thing ->
                                    things.get(thing).stream()
                                            .anyMatch(range -> contains(range, ip)))
                            .boxed()
                            .toList();
            assertThat(index.at(ip.v4(), ip.high(), ip.low())).as("%s", ip).isEqualTo(expected);
        }
    }

    private static boolean contains(IpRange range, IpAddress ip) {
        return range.v4() == ip.v4()
                && range.first().compareTo(ip) <= 0
                && ip.compareTo(range.last()) <= 0;
    }
}
