package dev.remora.sidecar.localapi;

import static dev.remora.sidecar.localapi.NodeJson.putUnlessEmpty;
import static dev.remora.sidecar.localapi.NodeJson.texts;
import static java.util.concurrent.TimeUnit.MINUTES;

import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.PeerStatus;
import dev.remora.engine.netmap.DerpRegion;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.Node;
import dev.remora.engine.netmap.UserId;
import dev.remora.engine.path.PathStatus;
import dev.remora.io.derp.RelayStatus;
import dev.remora.node.NodeStatus;
import dev.remora.proto.control.DnsConfig;
import dev.remora.proto.wireguard.TunnelStats;
import dev.remora.sidecar.config.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The status of the daemon, member for member as `tailscale status --json` shows it, and at its end one member of our own.
public final class StatusJson {
    private static final String NO_TIME = "0001-01-01T00:00:00Z";
    private static final long ACTIVE_FOR = MINUTES.toNanos(2);

    /// Stands in a list of names that a newer form has replaced, to tell who still reads it.
    private static final String DEPRECATED =
            "HTTPS://TAILSCALE.COM/s/DEPRECATED-NODE-CAPS#see-https://github.com/tailscale/tailscale/issues/11508";

    private final StatusView view;
    private final NodeStatus status;

    private StatusJson(StatusView view) {
        this.view = view;
        this.status = view.node();
    }

    /// @param peers false leaves out all peers and their users
    public static Map<String, @Nullable Object> of(StatusView view, boolean peers) {
        return new StatusJson(view).tree(peers);
    }

    private Map<String, @Nullable Object> tree(boolean peers) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        Optional<NetMap> map = view.netMap();
        tree.put("Version", Version.TEXT);
        tree.put("TUN", false);
        tree.put("BackendState", view.state());
        if (view.nodeKey().isPresent()) {
            tree.put("HaveNodeKey", true);
        }
        tree.put("AuthURL", view.authUrl());
        tree.put("TailscaleIPs", map.map(m -> ips(m.self())).orElse(null));
        tree.put("Self", map.map(this::self).orElseGet(this::nobody));
        tree.put("Health", view.health());
        tree.put("MagicDNSSuffix", map.map(NetMap::magicDnsSuffix).orElse(""));
        tree.put("CurrentTailnet", map.map(this::tailnet).orElse(null));
        tree.put("CertDomains", map.map(NetMap::dns).map(DnsConfig::certDomains).orElse(null));
        tree.put("ExtraRecords", map.map(NetMap::dns).map(StatusJson::extraRecords).orElse(null));
        tree.put("Peer", peers ? map.map(this::peers).orElse(null) : null);
        tree.put("User", map.map(m -> users(m, peers)).orElse(null));
        tree.put("ClientVersion", null);
        tree.put("Remora", remora());
        return tree;
    }

    private static List<String> ips(Node node) {
        return node.addresses().stream().map(prefix -> prefix.ip().toString()).toList();
    }

    private Map<String, @Nullable Object> tailnet(NetMap map) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("Name", map.domain().isEmpty() ? view.tailnet() : map.domain());
        tree.put("MagicDNSSuffix", map.magicDnsSuffix());
        tree.put("MagicDNSEnabled", map.dns().proxied());
        return tree;
    }

    private static @Nullable Object extraRecords(DnsConfig dns) {
        return dns.extraRecords() == null
                ? null
                : dns.extraRecords().stream().map(NodeJson::tree).toList();
    }

    private Map<String, @Nullable Object> users(NetMap map, boolean peers) {
        Map<Long, UserId> ids = new TreeMap<>();
        ids.put(map.self().user().value(), map.self().user());
        if (peers) {
            map.peers().forEach(peer -> ids.put(peer.owner().value(), peer.owner()));
        }
        Map<String, @Nullable Object> tree = new TreeMap<>();
        ids.forEach((number, id) -> {
            if (map.users().containsKey(id)) {
                tree.put(Long.toString(number), NodeJson.user(map, id));
            }
        });
        return tree;
    }

    /// This node while it is no member of anything. By its key a command that wants another one knows the old one.
    private Map<String, @Nullable Object> nobody() {
        String key = view.nodeKey().orElse(NodeKey.ZERO).text();
        Entry entry = new Entry("", 0, key, view.hostname(), "", "linux", 0);
        Map<String, @Nullable Object> tree = entry.begin();
        tree.put("TailscaleIPs", null);
        tree.put("Addrs", addresses());
        putTraffic(tree, "", homeCode(), PeerStatusParts.NONE, NO_TIME, NO_TIME);
        putFlags(tree, false, false, false, null);
        putPlace(tree, false, false, false);
        return tree;
    }

    private Map<String, @Nullable Object> self(NetMap map) {
        Node node = map.self();
        Map<String, @Nullable Object> tree = entry(node, hostname(node)).begin();
        putAddresses(tree, node);
        tree.put("Addrs", addresses());
        putTraffic(tree, "", homeCode(), PeerStatusParts.NONE, created(node), NO_TIME);
        putFlags(
                tree,
                view.online(),
                isExitNode(node),
                false,
                view.isStopped() ? null : nullIfEmpty(NodeJson.peerApiUrls(node)));
        if (!node.capabilities().isEmpty()) {
            Map<String, @Nullable Object> capabilities = NodeJson.capabilities(node);
            List<String> names = new ArrayList<>(List.of(DEPRECATED));
            names.addAll(capabilities.keySet());
            tree.put("Capabilities", names);
            tree.put("CapMap", capabilities);
        }
        putPlace(tree, true, false, false);
        putExpiry(tree, node);
        return tree;
    }

    private @Nullable Map<String, @Nullable Object> peers(NetMap map) {
        Map<String, @Nullable Object> tree = new TreeMap<>();
        map.peers().forEach(peer -> tree.put(peer.key().text(), peer(map, peer)));
        return tree.isEmpty() ? null : tree;
    }

    private Map<String, @Nullable Object> peer(NetMap map, Node node) {
        PeerStatusParts known = PeerStatusParts.of(status.peers().get(node.key()));
        Map<String, @Nullable Object> tree = entry(node, hostname(node)).begin();
        putAddresses(tree, node);
        tree.put("Addrs", null);
        String direct = known.path.flatMap(PathStatus::direct).map(IpPort::toString).orElse("");
        String lastSeen =
                NodeJson.isOnline(node)
                        ? NO_TIME
                        : node.lastSeen().map(Object::toString).orElse(NO_TIME);
        putTraffic(tree, direct, relayCode(map, node), known, created(node), lastSeen);
        boolean active =
                known.lastSentAt().isPresent()
                        && status.now() - known.lastSentAt().getAsLong() < ACTIVE_FOR;
        putFlags(
                tree,
                NodeJson.isOnline(node),
                isExitNode(node),
                active,
                nullIfEmpty(NodeJson.peerApiUrls(node)));
        if (!node.capabilities().isEmpty()) {
            tree.put("CapMap", NodeJson.capabilities(node));
        }
        putPlace(tree, true, true, known.tunnel.isPresent());
        putExpiry(tree, node);
        return tree;
    }

    private static String hostname(Node node) {
        return NodeJson.hostname(node);
    }

    private static Entry entry(Node node, String hostname) {
        return new Entry(
                node.stableId().value(),
                node.id().value(),
                node.key().text(),
                hostname,
                node.name(),
                Objects.requireNonNullElse(node.hostInfo().os(), ""),
                node.user().value());
    }

    /// The members at the beginning of every entry.
    private record Entry(
            String id,
            long nodeId,
            String key,
            String hostname,
            String dnsName,
            String os,
            long user) {
        Map<String, @Nullable Object> begin() {
            Map<String, @Nullable Object> tree = new LinkedHashMap<>();
            tree.put("ID", id);
            tree.put("NodeID", nodeId);
            tree.put("PublicKey", key);
            tree.put("HostName", hostname);
            tree.put("DNSName", dnsName);
            tree.put("OS", os);
            tree.put("UserID", user);
            return tree;
        }
    }

    private static void putAddresses(Map<String, @Nullable Object> tree, Node node) {
        node.sharer().ifPresent(sharer -> tree.put("AltSharerUserID", sharer.value()));
        tree.put("TailscaleIPs", ips(node));
        putUnlessEmpty(tree, "AllowedIPs", texts(node.allowedIps()));
        putUnlessEmpty(tree, "Tags", node.tags());
        putUnlessEmpty(tree, "PrimaryRoutes", texts(node.primaryRoutes()));
    }

    private List<String> addresses() {
        return status.endpoints().stream().map(endpoint -> endpoint.address().toString()).toList();
    }

    private static String created(Node node) {
        return node.created().map(Object::toString).orElse(NO_TIME);
    }

    private void putTraffic(
            Map<String, @Nullable Object> tree,
            String direct,
            String relay,
            PeerStatusParts known,
            String created,
            String lastSeen) {
        tree.put("CurAddr", direct);
        tree.put("Relay", relay);
        tree.put("PeerRelay", "");
        tree.put("RxBytes", known.tunnel.map(TunnelStats::receivedBytes).orElse(0L));
        tree.put("TxBytes", known.tunnel.map(TunnelStats::sentBytes).orElse(0L));
        tree.put("Created", created);
        tree.put("LastWrite", time(known.lastSentAt()));
        tree.put("LastSeen", lastSeen);
        tree.put("LastHandshake", time(known.lastHandshakeAt()));
    }

    private String time(OptionalLong nanos) {
        return nanos.isEmpty() ? NO_TIME : status.instant(nanos.getAsLong()).toString();
    }

    private static void putFlags(
            Map<String, @Nullable Object> tree,
            boolean online,
            boolean exitNodeOption,
            boolean active,
            @Nullable List<String> peerApiUrls) {
        tree.put("Online", online);
        tree.put("ExitNode", false);
        tree.put("ExitNodeOption", exitNodeOption);
        tree.put("Active", active);
        tree.put("PeerAPIURL", peerApiUrls);
        tree.put("TaildropTarget", 0);
        tree.put("NoFileSharingReason", "");
    }

    private static void putPlace(
            Map<String, @Nullable Object> tree, boolean map, boolean socket, boolean engine) {
        tree.put("InNetworkMap", map);
        tree.put("InMagicSock", socket);
        tree.put("InEngine", engine);
    }

    private static void putExpiry(Map<String, @Nullable Object> tree, Node node) {
        if (node.expired()) {
            tree.put("Expired", true);
        }
        node.keyExpiry().ifPresent(at -> tree.put("KeyExpiry", at.toString()));
    }

    private static @Nullable List<String> nullIfEmpty(List<String> list) {
        return list.isEmpty() ? null : list;
    }

    private static boolean isExitNode(Node node) {
        return node.allowedIps().stream()
                        .filter(prefix -> prefix.bits() == 0)
                        .map(IpPrefix::ip)
                        .distinct()
                        .count()
                == 2;
    }

    private String homeCode() {
        return status.home()
                .flatMap(id -> status.netMap().flatMap(map -> map.derpMap().region(id)))
                .map(DerpRegion::code)
                .orElse("");
    }

    private static String relayCode(NetMap map, Node node) {
        return node.homeDerp().flatMap(map.derpMap()::region).map(DerpRegion::code).orElse("");
    }

    /// What only we have to say.
    private Map<String, @Nullable Object> remora() {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("Cipher", status.aead());
        tree.put("UDPPortV4", status.udpPortV4());
        tree.put("UDPPortV6", status.udpPortV6());
        tree.put("OpenStreams", status.openStreams());
        tree.put("ServedConnections", view.proxyConnections());
        tree.put("StreamMemory", status.stack().usedBytes());
        Map<String, @Nullable Object> relays = new LinkedHashMap<>();
        for (RelayStatus relay : status.relays()) {
            relays.put(
                    name(relay.region()),
                    relay.phase().toString().toLowerCase(java.util.Locale.ROOT));
        }
        tree.put("Relays", relays);
        return tree;
    }

    private String name(DerpRegionId id) {
        return status.netMap()
                .flatMap(map -> map.derpMap().region(id))
                .map(DerpRegion::code)
                .orElse(Integer.toString(id.value()));
    }

    /// What the node itself knows of a peer.
    private record PeerStatusParts(Optional<PathStatus> path, Optional<TunnelStats> tunnel) {
        static final PeerStatusParts NONE = new PeerStatusParts(Optional.empty(), Optional.empty());

        static PeerStatusParts of(@Nullable PeerStatus status) {
            return status == null ? NONE : new PeerStatusParts(status.path(), status.tunnel());
        }

        OptionalLong lastSentAt() {
            return path.map(PathStatus::lastSentAt).orElse(OptionalLong.empty());
        }

        OptionalLong lastHandshakeAt() {
            return tunnel.filter(stats -> stats.lastHandshakeAt() >= 0)
                    .map(stats -> OptionalLong.of(stats.lastHandshakeAt()))
                    .orElse(OptionalLong.empty());
        }
    }
}
