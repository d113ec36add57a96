package dev.remora.engine.netmap;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.proto.control.DerpHomeParams;
import dev.remora.proto.control.DerpMapInfo;
import dev.remora.proto.control.DerpNodeInfo;
import dev.remora.proto.control.DerpRegionInfo;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Folds what the wire says about relays into what we know of them.
final class DerpMapReader {
    private static final int MAX_PORT = 65535;

    private DerpMapReader() {}

    /// Regions and scores are kept or replaced independently of each other.
    static DerpMap merged(DerpMap before, DerpMapInfo info) {
        boolean keepRegions = info.regions() == null;
        DerpHomeParams params = info.homeParams();
        return new DerpMap(
                keepRegions ? before.regions() : regions(info.regions()),
                params == null || params.regionScore() == null
                        ? before.homeScores()
                        : scores(params.regionScore()),
                keepRegions ? before.omitDefaultRegions() : info.omitDefaultRegions());
    }

    private static Map<DerpRegionId, DerpRegion> regions(
            @Nullable Map<String, @Nullable DerpRegionInfo> wire) {
        Map<DerpRegionId, DerpRegion> regions = new HashMap<>();
        if (wire != null) {
            wire.forEach((number, info) ->
                    number(number)
                            .filter(id -> info != null)
                            .ifPresent(id -> regions.put(id, region(id, info))));
        }
        return regions;
    }

    private static Map<DerpRegionId, Double> scores(@Nullable Map<String, @Nullable Double> wire) {
        Map<DerpRegionId, Double> scores = new HashMap<>();
        if (wire != null) {
            wire.forEach((number, score) -> {
                if (score != null && score > 0 && Double.isFinite(score)) {
                    number(number).ifPresent(id -> scores.put(id, score));
                }
            });
        }
        return scores;
    }

    private static Optional<DerpRegionId> number(String text) {
        try {
            return NodeReader.derpRegion(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static DerpRegion region(DerpRegionId id, DerpRegionInfo info) {
        return new DerpRegion(
                id,
                Objects.requireNonNullElse(info.regionCode(), ""),
                Objects.requireNonNullElse(info.regionName(), ""),
                info.avoid(),
                info.noMeasureNoHome(),
                Lists.present(info.nodes()).stream()
                        .flatMap(node -> node(id, node).stream())
                        .toList());
    }

    /// Nothing where no connection could ever be made.
    private static Optional<DerpNode> node(DerpRegionId region, DerpNodeInfo info) {
        if (info.derpPort() < 0 || info.derpPort() > MAX_PORT || info.stunPort() > MAX_PORT) {
            return Optional.empty();
        }
        int derpPort = (int) info.derpPort();
        return Optional.of(
                new DerpNode(
                        Objects.requireNonNullElse(info.name(), ""),
                        region,
                        Objects.requireNonNullElse(info.hostName(), ""),
                        Optional.ofNullable(info.certName()).filter(name -> !name.isEmpty()),
                        address(info.ipv4(), true),
                        address(info.ipv6(), false),
                        stunPort((int) Math.max(info.stunPort(), -1)),
                        info.stunOnly(),
                        derpPort == 0 ? DerpNode.DEFAULT_DERP_PORT : derpPort,
                        info.insecureForTests(),
                        ip(info.stunTestIp()),
                        info.canPort80()));
    }

    private static OptionalInt stunPort(int wire) {
        if (wire < 0) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(wire == 0 ? DerpNode.DEFAULT_STUN_PORT : wire);
    }

    private static DerpAddress address(@Nullable String text, boolean v4) {
        if (text == null || text.isEmpty()) {
            return new DerpAddress.ByName();
        }
        return ip(text).filter(ip -> ip.v4() == v4)
                .<DerpAddress>map(DerpAddress.Fixed::new)
                .orElse(new DerpAddress.Off());
    }

    private static Optional<IpAddress> ip(@Nullable String text) {
        try {
            return text == null || text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(IpAddress.parse(text));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }
}
