package dev.remora.engine.netcheck;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.remora.base.IpAddress;
import dev.remora.engine.netmap.DerpAddress;
import dev.remora.engine.netmap.DerpMap;
import dev.remora.engine.netmap.DerpNode;
import dev.remora.engine.netmap.DerpRegion;
import dev.remora.engine.netmap.DerpRegionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Which relays are asked, and when: sets of probes that run side by side, each until its first answer.
final class ProbePlan {
    private static final int INITIAL_TRIES = 3;
    private static final long INITIAL_SPACING = MILLISECONDS.toNanos(100);
    private static final long UNKNOWN_SPACING = MILLISECONDS.toNanos(200);
    private static final long LATER_TRIES_EXTRA = MILLISECONDS.toNanos(50);
    private static final int INCREMENTAL_REGIONS = 3;
    private static final int FASTEST = 2;
    private static final int HOME_TRIES = 4;
    private static final int FASTEST_TRIES = 2;

    private final NetCheckRequest request;
    private final List<ProbeSet> sets = new ArrayList<>();

    private ProbePlan(NetCheckRequest request) {
        this.request = request;
    }

    /// @param delay from the start of the run
    record Probe(DerpNode node, long delay) {}

    /// Probes of one region in one family, never empty, in the order in which they are sent.
    record ProbeSet(DerpRegionId region, Family family, List<Probe> probes) {}

    /// Every region: three tries each, spread over its nodes.
    static List<ProbeSet> initial(NetCheckRequest request) {
        ProbePlan plan = new ProbePlan(request);
        for (DerpRegion region : request.map().all()) {
            if (!region.noMeasureNoHome() && !region.nodes().isEmpty()) {
                for (Family family : Family.values()) {
                    plan.add(region, family, INITIAL_TRIES, INITIAL_SPACING, 0);
                }
            }
        }
        return plan.sets;
    }

    /// The nearest three regions as `last` had them, and the home. A lost packet must not make the home look gone, so
    /// that gets the most tries.
    static List<ProbeSet> incremental(NetCheckRequest request, NetReport last) {
        ProbePlan plan = new ProbePlan(request);
        List<DerpRegion> nearest = byLatency(request.map(), last, request.home());
        for (int i = 0; i < nearest.size(); i++) {
            DerpRegion region = nearest.get(i);
            boolean home = request.home().equals(Optional.of(region.id()));
            if (i < INCREMENTAL_REGIONS || home) {
                plan.addIncremental(region, i, home, last);
            }
        }
        return plan.sets;
    }

    private static List<DerpRegion> byLatency(
            DerpMap map, NetReport last, Optional<DerpRegionId> home) {
        return map.all().stream()
                .filter(region -> !region.noMeasureNoHome() && !region.nodes().isEmpty())
                .filter(region -> !region.avoid() || home.equals(Optional.of(region.id())))
                .sorted(
                        Comparator.comparingLong(
                                region -> last.latency().getOrDefault(region.id(), Long.MAX_VALUE)))
                .toList();
    }

    private void addIncremental(DerpRegion region, int rank, boolean home, NetReport last) {
        boolean fastest = rank < FASTEST;
        int tries = home ? HOME_TRIES : fastest ? FASTEST_TRIES : 1;
        long known = last.latency().getOrDefault(region.id(), 0L);
        long spacing = known == 0 ? UNKNOWN_SPACING : known * 12 / 10;
        boolean both = request.host().ipv6() && last.ipv4() && last.ipv6();
        boolean alternating = !home && !fastest && both;
        if (!alternating || rank % 2 == 0) {
            add(region, Family.V4, tries, spacing, LATER_TRIES_EXTRA);
        }
        if (alternating ? rank % 2 == 1 : home || fastest || last.ipv6()) {
            add(region, Family.V6, last.ipv6() ? tries : 1, spacing, LATER_TRIES_EXTRA);
        }
    }

    /// @param extra what each try from the third on is late besides, times its number
    private void add(DerpRegion region, Family family, int tries, long spacing, long extra) {
        List<Probe> probes = new ArrayList<>();
        for (int i = 0; i < tries; i++) {
            DerpNode node = region.nodes().get(i % region.nodes().size());
            if (canBeProbed(node, family)) {
                probes.add(new Probe(node, i * spacing + (i >= 2 ? i * extra : 0)));
            }
        }
        if (!probes.isEmpty()) {
            sets.add(new ProbeSet(region.id(), family, probes));
        }
    }

    private boolean canBeProbed(DerpNode node, Family family) {
        if (node.stunPort().isEmpty() || family.addressOf(node) instanceof DerpAddress.Off) {
            return false;
        }
        if (node.stunTestIp().isPresent()) {
            return Family.of(node.stunTestIp().get()) == family;
        }
        return family.availableOn(request.host()) || isOnThisMachine(node, family);
    }

    /// A relay on loopback is a test's, and can be probed without any network.
    private static boolean isOnThisMachine(DerpNode node, Family family) {
        return family.addressOf(node) instanceof DerpAddress.Fixed(IpAddress ip) && ip.isLoopback();
    }
}
