package dev.remora.server.netmap;

import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.proto.control.DebugOrder;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.NodeInfo;
import dev.remora.proto.control.PeerChange;
import dev.remora.proto.control.RawJson;
import dev.remora.server.model.Node;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Writes a node as the map tells it: to itself with all it said, to others without what is none of their business.
final class NodeWriter {
    /// How Go writes a time that is not set. A client that keeps a field it was not told of would go on expiring.
    static final Instant NEVER = Instant.parse("0001-01-01T00:00:00Z");

    static final DebugOrder NO_LOG_UPLOAD = new DebugOrder(0, true, null);

    private static final Pattern NAME =
            Pattern.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+", Pattern.CASE_INSENSITIVE);
    private static final int LONGEST_NAME = 254;

    private NodeWriter() {}

    /// What is true of a node beside its snapshot.
    ///
    /// @param name fully qualified, with the final dot
    /// @param user whose profile to show for it
    /// @param capabilities what it may do as far as the reader is told
    record Standing(
            String name,
            long user,
            boolean online,
            boolean expired,
            Map<String, @Nullable List<RawJson>> capabilities) {}

    /// Whether clients can take the name. A map with another one would be lost on all of them.
    static boolean nameFits(String name) {
        return name.length() <= LONGEST_NAME && NAME.matcher(name).matches();
    }

    /// @param routes those through this node that the reader may use
    static NodeInfo peer(Node node, Standing standing, List<IpPrefix> routes) {
        return info(node, standing, routes, forPeers(node.report().hostInfo()));
    }

    static NodeInfo self(Node node, Standing standing, List<IpPrefix> routes) {
        return info(node, standing, routes, node.report().hostInfo());
    }

    private static NodeInfo info(
            Node node, Standing standing, List<IpPrefix> routes, HostInfo hostInfo) {
        List<IpPrefix> subnets = routes.stream().filter(route -> route.bits() != 0).toList();
        return new NodeInfo(
                node.id(),
                Long.toString(node.id()),
                standing.name(),
                standing.user(),
                null,
                node.keys().node(),
                node.membership().expiry().orElse(NEVER),
                null,
                node.keys().machine(),
                node.keys().disco().isZero() ? null : node.keys().disco(),
                node.addresses().prefixes(),
                allowed(node, routes),
                node.report().endpoints(),
                null,
                node.report().homeDerp(),
                hostInfo,
                node.membership().created(),
                node.report().capVersion(),
                node.owner().tags().isEmpty() ? null : List.copyOf(node.owner().tags()),
                subnets.isEmpty() ? null : subnets,
                standing.online() ? null : node.membership().lastSeen(),
                standing.online(),
                node.membership().authorized() && !standing.expired(),
                null,
                standing.capabilities().isEmpty() ? null : standing.capabilities(),
                null,
                null,
                standing.expired() ? true : null,
                null,
                null,
                null,
                null,
                null);
    }

    /// Only these parts, of which none is [Part#WHOLE]; nothing where they cannot be told without the whole node.
    static Optional<PeerChange> patch(Node node, boolean online, EnumSet<Part> parts) {
        boolean offlineWithKey =
                parts.contains(Part.DISCO_KEY) && parts.contains(Part.ONLINE) && !online;
        boolean homeless = parts.contains(Part.HOME_DERP) && node.report().homeDerp() == 0;
        boolean discoLost = parts.contains(Part.DISCO_KEY) && node.keys().disco().isZero();
        if (offlineWithKey || homeless || discoLost) {
            return Optional.empty();
        }
        List<IpPort> endpoints = node.report().endpoints();
        Instant expiry = node.membership().expiry().orElse(NEVER);
        return Optional.of(
                new PeerChange(
                        node.id(),
                        parts.contains(Part.HOME_DERP) ? (long) node.report().homeDerp() : null,
                        parts.contains(Part.CAP) ? (long) node.report().capVersion() : null,
                        null,
                        parts.contains(Part.ENDPOINTS) ? endpoints : null,
                        parts.contains(Part.NODE_KEY) ? node.keys().node() : null,
                        null,
                        parts.contains(Part.DISCO_KEY) ? node.keys().disco() : null,
                        parts.contains(Part.ONLINE) ? online : null,
                        parts.contains(Part.ONLINE) && !online
                                ? node.membership().lastSeen()
                                : null,
                        parts.contains(Part.KEY_EXPIRY) ? expiry : null));
    }

    private static List<IpPrefix> allowed(Node node, List<IpPrefix> routes) {
        List<IpPrefix> allowed = new ArrayList<>(node.addresses().prefixes());
        allowed.addAll(routes);
        allowed.sort(Comparator.comparing(IpPrefix::ip).thenComparingInt(IpPrefix::bits));
        return allowed;
    }

    /// What others show of a node or need to reach its services. Versions, logs' ids, hardware and network stay here.
    private static HostInfo forPeers(HostInfo all) {
        return new HostInfo(
                null,
                null,
                null,
                all.os(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                all.hostname(),
                all.shieldsUp(),
                null,
                null,
                null,
                all.wireIngress(),
                all.ingressEnabled(),
                null,
                null,
                null,
                null,
                null,
                all.routableIps(),
                null,
                null,
                all.services(),
                null,
                all.sshHostKeys(),
                null,
                null,
                null,
                all.appConnector(),
                null,
                all.peerRelay(),
                all.exitNodeId(),
                all.location(),
                null,
                null);
    }
}
