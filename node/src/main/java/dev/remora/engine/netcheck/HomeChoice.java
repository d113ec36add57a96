package dev.remora.engine.netcheck;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.engine.netmap.DerpMap;
import dev.remora.engine.netmap.DerpRegion;
import dev.remora.engine.netmap.DerpRegionId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Which region should be our home. Moving costs: peers have to learn of it. So a new home must be better by ten
/// milliseconds and by a third, unless the old one is silent.
///
/// Candidates are compared by their best of the last five minutes, the old home by what it takes now: a home that has
/// become slow has no good past to hide behind.
public final class HomeChoice {
    private static final long REMEMBERED = MINUTES.toNanos(5) + SECONDS.toNanos(5);
    private static final long LEAST_GAIN = MILLISECONDS.toNanos(10);

    /// A relay that was heard so recently is alive, whatever STUN says.
    private static final long HEARD_RECENTLY = SECONDS.toNanos(8);

    /// Twice the time after which a relay says something on an idle connection.
    private static final long HEARD_AT_ALL = SECONDS.toNanos(120);

    private final Deque<Measured> history = new ArrayDeque<>();
    private final Map<DerpRegionId, Long> lastFrameAt = new HashMap<>();

    private record Measured(long at, Map<DerpRegionId, Long> latency) {}

    /// Any region that may be a home, for when nothing could be measured: peers must find us somewhere.
    public static Optional<DerpRegionId> anyRegion(DerpMap map, RandomGenerator random) {
        List<DerpRegionId> possible =
                map.all().stream()
                        .filter(region -> !region.noMeasureNoHome())
                        .map(DerpRegion::id)
                        .toList();
        return possible.isEmpty()
                ? Optional.empty()
                : Optional.of(possible.get(random.nextInt(possible.size())));
    }

    void onFrame(DerpRegionId region, long now) {
        lastFrameAt.put(region, now);
    }

    /// @param startedAt when the run began that measured `latency`
    Optional<DerpRegionId> choose(
            NetCheckRequest request, Map<DerpRegionId, Long> latency, long startedAt, long now) {
        history.add(new Measured(now, latency));
        while (now - history.getFirst().at() > REMEMBERED) {
            history.remove();
        }
        Map<DerpRegionId, Double> best = bestOfHistory(latency, request.map());
        Optional<DerpRegionId> old = request.home();
        Optional<Map.Entry<DerpRegionId, Double>> candidate =
                best.entrySet().stream()
                        .min(
                                Map.Entry.<DerpRegionId, Double>comparingByValue()
                                        .thenComparing(Map.Entry.comparingByKey()));
        if (candidate.isEmpty()) {
            return old.filter(region -> heardSince(region, now - HEARD_AT_ALL));
        }
        double bestOfAll = candidate.get().getValue();
        boolean keep =
                old.isPresent()
                        && isWorthKeeping(old.get(), bestOfAll, request, latency, startedAt, now);
        return keep ? old : Optional.of(candidate.get().getKey());
    }

    private boolean isWorthKeeping(
            DerpRegionId old,
            double best,
            NetCheckRequest request,
            Map<DerpRegionId, Long> latency,
            long startedAt,
            long now) {
        double oldNow = latency.getOrDefault(old, 0L) * request.map().homeScore(old);
        boolean alive =
                oldNow != 0 || heardSince(old, startedAt) || heardSince(old, now - HEARD_RECENTLY);
        return alive && (oldNow - best < LEAST_GAIN || best > oldNow * 2 / 3);
    }

    /// Of the regions that answered this time.
    private Map<DerpRegionId, Double> bestOfHistory(Map<DerpRegionId, Long> now, DerpMap map) {
        Map<DerpRegionId, Double> best = new HashMap<>();
        for (Measured measured : history) {
            measured.latency()
                    .forEach((region, nanos) -> {
                        if (now.containsKey(region)) {
                            best.merge(region, nanos * map.homeScore(region), Math::min);
                        }
                    });
        }
        return best;
    }

    private boolean heardSince(DerpRegionId region, long time) {
        Long at = lastFrameAt.get(region);
        return at != null && at >= time;
    }
}
