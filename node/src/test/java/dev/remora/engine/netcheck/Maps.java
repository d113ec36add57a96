package dev.remora.engine.netcheck;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.engine.netmap.DerpAddress;
import dev.remora.engine.netmap.DerpMap;
import dev.remora.engine.netmap.DerpNode;
import dev.remora.engine.netmap.DerpRegion;
import dev.remora.engine.netmap.DerpRegionId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Relay maps for tests: region 7's first node is 192.0.2.7 and 2001:db8::7, its second 192.0.2.107 and so on.
final class Maps {
    private Maps() {}

    static DerpMap of(DerpRegion... regions) {
        return scored(Map.of(), regions);
    }

    static DerpMap scored(Map<DerpRegionId, Double> scores, DerpRegion... regions) {
        Map<DerpRegionId, DerpRegion> byId =
                Arrays.stream(regions)
                        .collect(Collectors.toMap(DerpRegion::id, Function.identity()));
        return new DerpMap(byId, scores, true);
    }

    /// Regions 1 to `count`, of one node each.
    static DerpMap ofRegions(int count) {
        return of(
                IntStream.rangeClosed(1, count).mapToObj(Maps::region).toArray(DerpRegion[]::new));
    }

    static DerpRegion region(int id) {
        return region(id, node(id));
    }

    static DerpRegion region(int id, DerpNode... nodes) {
        return new DerpRegion(id(id), "r" + id, "Region", false, false, List.of(nodes));
    }

    static DerpRegion avoided(int id) {
        return new DerpRegion(id(id), "r" + id, "Region", true, false, List.of(node(id)));
    }

    static DerpRegion neverHome(int id) {
        return new DerpRegion(id(id), "r" + id, "Region", false, true, List.of(node(id)));
    }

    static DerpRegionId id(int id) {
        return new DerpRegionId(id);
    }

    static DerpNode node(int number) {
        return node(number, fixed("192.0.2." + number), fixed("2001:db8::" + number));
    }

    static DerpNode node(int number, DerpAddress ipv4, DerpAddress ipv6) {
        return node(number, ipv4, ipv6, OptionalInt.of(3478), Optional.empty());
    }

    static DerpNode node(
            int number,
            DerpAddress ipv4,
            DerpAddress ipv6,
            OptionalInt stunPort,
            Optional<IpAddress> stunTestIp) {
        return new DerpNode(
                "n" + number,
                id(number),
                "relay" + number + ".example",
                Optional.empty(),
                ipv4,
                ipv6,
                stunPort,
                false,
                443,
                false,
                stunTestIp,
                false);
    }

    static DerpAddress fixed(String ip) {
        return new DerpAddress.Fixed(ip(ip));
    }

    static IpAddress ip(String text) {
        try {
            return IpAddress.parse(text);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
