package dev.remora.engine.netmap;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.DiscoKey;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.HostInfoBuilder;
import dev.remora.proto.control.NodeInfo;
import dev.remora.proto.control.PeerChange;
import dev.remora.proto.control.RawJson;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes nodes of what the wire says about them, with the rules for what may be missing.
final class NodeReader {
    /// How older servers write a home region: an address that was never one, with the region as port.
    private static final String LEGACY_DERP = "127.3.3.40:";

    private static final Instant GO_ZERO_TIME = Instant.parse("0001-01-01T00:00:00Z");

    private static final HostInfo NO_HOST_INFO = new HostInfoBuilder().build();

    private NodeReader() {}

    /// A peer, or nothing where even a key or a number is missing: nobody could talk to such a node.
    static Optional<Node> peer(@Nullable NodeInfo info, Instant now) {
        return read(info, Map.of()).map(node -> node.judgedAt(now));
    }

    /// Ourselves. Older servers list what we may do without values.
    static Optional<Node> self(@Nullable NodeInfo info) {
        Map<NodeCapability, List<RawJson>> listed = new HashMap<>();
        if (info != null) {
            Lists.present(info.capabilities())
                    .forEach(name -> listed.put(new NodeCapability(name), List.of()));
        }
        return read(info, listed);
    }

    /// What a patch says. A number that is 0 and a member that is absent say nothing.
    static Node patched(Node node, PeerChange patch, Instant now) {
        NodeChange change = node.change();
        derpRegion(number(patch.derpRegion())).ifPresent(id -> change.homeDerp(Optional.of(id)));
        if (number(patch.cap()) != 0) {
            change.capabilityVersion(version(number(patch.cap())));
        }
        if (patch.capMap() != null) {
            change.capabilities(capabilities(patch.capMap()));
        }
        if (patch.endpoints() != null) {
            change.endpoints(Lists.present(patch.endpoints()));
        }
        if (patch.key() != null && !patch.key().isZero()) {
            change.key(patch.key());
        }
        if (patch.keySignature() != null) {
            change.keySignature(patch.keySignature());
        }
        if (patch.discoKey() != null) {
            change.discoKey(present(patch.discoKey()));
        }
        if (patch.online() != null) {
            change.online(patch.online());
        }
        if (patch.lastSeen() != null) {
            change.lastSeen(time(patch.lastSeen()));
        }
        if (patch.keyExpiry() != null) {
            change.keyExpiry(time(patch.keyExpiry()));
        }
        return change.done().judgedAt(now);
    }

    private static Optional<Node> read(
            @Nullable NodeInfo info, Map<NodeCapability, List<RawJson>> listed) {
        if (info == null || info.id() == 0 || info.key() == null || info.key().isZero()) {
            return Optional.empty();
        }
        Map<NodeCapability, List<RawJson>> capabilities = new HashMap<>(listed);
        capabilities.putAll(capabilities(info.capMap()));
        return Optional.of(
                new Node(
                        new NodeId(info.id()),
                        new StableNodeId(Objects.requireNonNullElse(info.stableId(), "")),
                        Objects.requireNonNullElse(info.name(), ""),
                        new UserId(info.user()),
                        Optional.of(new UserId(number(info.sharer())))
                                .filter(id -> id.value() != 0),
                        info.key(),
                        time(info.keyExpiry()),
                        Optional.ofNullable(info.keySignature()),
                        Optional.ofNullable(info.machine()).filter(key -> !key.isZero()),
                        present(info.discoKey()),
                        Lists.present(info.addresses()),
                        allowedIps(info),
                        Lists.present(info.endpoints()),
                        homeDerp(info),
                        Objects.requireNonNullElse(info.hostInfo(), NO_HOST_INFO),
                        time(info.created()),
                        version(info.cap()),
                        Lists.present(info.tags()),
                        Lists.present(info.primaryRoutes()),
                        time(info.lastSeen()),
                        Optional.ofNullable(info.online()),
                        info.machineAuthorized(),
                        Map.copyOf(capabilities),
                        is(info.unsignedPeerApiOnly()),
                        is(info.expired()),
                        is(info.expired()),
                        Optional.ofNullable(info.selfNodeV4MasqAddrForThisPeer())
                                .filter(IpAddress::v4),
                        Optional.ofNullable(info.selfNodeV6MasqAddrForThisPeer())
                                .filter(ip -> !ip.v4()),
                        is(info.isWireGuardOnly()),
                        is(info.isJailed()),
                        Lists.present(info.exitNodeDnsResolvers())));
    }

    /// Absent means the node's own addresses, empty means nothing at all; and what the tailnet lock has
    /// not signed gets no routes, whatever the server says.
    private static List<IpPrefix> allowedIps(NodeInfo info) {
        boolean own = info.allowedIps() == null || is(info.unsignedPeerApiOnly());
        return Lists.present(own ? info.addresses() : info.allowedIps()).stream()
                .map(IpPrefix::masked)
                .toList();
    }

    private static boolean is(@Nullable Boolean flag) {
        return Boolean.TRUE.equals(flag);
    }

    private static long number(@Nullable Long number) {
        return number == null ? 0 : number;
    }

    private static Optional<DerpRegionId> homeDerp(NodeInfo info) {
        if (info.homeDerp() != 0 || info.derp() == null || !info.derp().startsWith(LEGACY_DERP)) {
            return derpRegion(info.homeDerp());
        }
        try {
            return derpRegion(Long.parseLong(info.derp().substring(LEGACY_DERP.length())));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    static Optional<DerpRegionId> derpRegion(long number) {
        return number > 0 && number <= Integer.MAX_VALUE
                ? Optional.of(new DerpRegionId((int) number))
                : Optional.empty();
    }

    private static Map<NodeCapability, List<RawJson>> capabilities(
            @Nullable Map<String, @Nullable List<RawJson>> wire) {
        if (wire == null) {
            return Map.of();
        }
        Map<NodeCapability, List<RawJson>> capabilities = new HashMap<>();
        wire.forEach((name, values) ->
                capabilities.put(new NodeCapability(name), Lists.present(values)));
        return Map.copyOf(capabilities);
    }

    private static Optional<DiscoKey> present(@Nullable DiscoKey key) {
        return Optional.ofNullable(key).filter(k -> !k.isZero());
    }

    private static int version(long capability) {
        return Math.clamp(capability, 0, Integer.MAX_VALUE);
    }

    /// Go's zero time, the first instant of the year 1, means that there is none.
    static Optional<Instant> time(@Nullable Instant wire) {
        return Optional.ofNullable(wire).filter(at -> !at.equals(GO_ZERO_TIME));
    }
}
