package dev.remora.engine.netcheck;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.engine.netmap.DerpMap;
import dev.remora.engine.netmap.DerpRegionId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HomeChoiceTest {
    private static final long NOW = SECONDS.toNanos(1000);
    private static final long STARTED = NOW - SECONDS.toNanos(1);

    private final HomeChoice choice = new HomeChoice();

    /// -1: no answer, or no frame.
    @ParameterizedTest(name = "home {0} ms, other {1} ms, frame {2} s ago: region {3}")
    @CsvSource({
        "20, 12, -1, 1",
        "60, 45, -1, 1",
        "60, 39, -1, 2",
        "-1, 15, 3, 1",
        "-1, 15, 30, 2",
        "-1, -1, 90, 1",
        "-1, -1, 130, 0"
    })
    void movesOnlyWhenItPays(long home, long other, long frameSecondsAgo, int expected) {
        if (frameSecondsAgo >= 0) {
            choice.onFrame(Maps.id(1), NOW - SECONDS.toNanos(frameSecondsAgo));
        }

        assertThat(choose(Maps.ofRegions(2), home, other, NOW))
                .isEqualTo(expected == 0 ? Optional.empty() : Optional.of(Maps.id(expected)));
    }

    @Test
    void aFrameSinceTheStartOfALongRunKeepsTheHome() {
        choice.onFrame(Maps.id(1), NOW - SECONDS.toNanos(9));
        NetCheckRequest request = request(Maps.ofRegions(2));

        assertThat(choice.choose(request, latency(-1, 15), NOW - SECONDS.toNanos(10), NOW))
                .contains(Maps.id(1));
    }

    @Test
    void othersAreJudgedByTheirBestOfFiveMinutes() {
        choose(Maps.ofRegions(2), 60, 30, NOW - SECONDS.toNanos(200));

        assertThat(choose(Maps.ofRegions(2), 60, 55, NOW)).contains(Maps.id(2));
    }

    @Test
    void whatIsOlderThanFiveMinutesIsForgotten() {
        choose(Maps.ofRegions(2), 60, 30, NOW - SECONDS.toNanos(306));

        assertThat(choose(Maps.ofRegions(2), 60, 55, NOW)).contains(Maps.id(1));
    }

    @Test
    void aRegionThatDidNotAnswerThisTimeIsNoCandidate() {
        choose(Maps.ofRegions(2), 60, 10, NOW - SECONDS.toNanos(20));

        assertThat(choose(Maps.ofRegions(2), 60, -1, NOW)).contains(Maps.id(1));
    }

    @Test
    void scoresOfTheMapChangeTheOrder() {
        DerpMap map = Maps.scored(Map.of(Maps.id(2), 0.5), Maps.region(1), Maps.region(2));

        assertThat(choose(map, 60, 70, NOW)).contains(Maps.id(2));
    }

    @Test
    void anyRegionWillDoWhenNothingIsKnownButNotOneThatMustNotBeHome() {
        DerpMap map = Maps.of(Maps.neverHome(1), Maps.region(2), Maps.neverHome(3));

        assertThat(HomeChoice.anyRegion(map, new Random(1))).contains(Maps.id(2));
        assertThat(HomeChoice.anyRegion(DerpMap.EMPTY, new Random(1))).isEmpty();
    }

    private Optional<DerpRegionId> choose(DerpMap map, long home, long other, long now) {
        return choice.choose(request(map), latency(home, other), Math.min(STARTED, now), now);
    }

    private static NetCheckRequest request(DerpMap map) {
        return new NetCheckRequest(map, Optional.of(Maps.id(1)), FakeInternet.V4_ONLY, false);
    }

    private static Map<DerpRegionId, Long> latency(long home, long other) {
        Map<DerpRegionId, Long> latency = new HashMap<>();
        if (home >= 0) {
            latency.put(Maps.id(1), MILLISECONDS.toNanos(home));
        }
        if (other >= 0) {
            latency.put(Maps.id(2), MILLISECONDS.toNanos(other));
        }
        return latency;
    }
}
