package dev.remora.engine.netcheck;

import dev.remora.engine.netmap.DerpMap;
import dev.remora.engine.netmap.DerpNode;
import dev.remora.engine.netmap.DerpRegion;
import dev.remora.engine.netmap.DerpRegionId;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/// Measuring regions over HTTPS, all at once, because nothing came back over UDP.
final class HttpsFallback {
    private final Set<DerpRegionId> waitingFor = new LinkedHashSet<>();

    HttpsFallback(DerpMap map) {
        for (DerpRegion region : map.all()) {
            boolean hasRelay = !region.nodes().stream().allMatch(DerpNode::stunOnly);
            if (hasRelay && !region.avoid() && !region.noMeasureNoHome()) {
                waitingFor.add(region.id());
            }
        }
    }

    void start(Consumer<? super NetCheckOutput> out) {
        waitingFor.forEach(region -> out.accept(new NetCheckOutput.MeasureHttps(region)));
    }

    /// False if nobody waits for this region.
    boolean onAnswer(DerpRegionId region) {
        return waitingFor.remove(region);
    }

    boolean allDone() {
        return waitingFor.isEmpty();
    }
}
