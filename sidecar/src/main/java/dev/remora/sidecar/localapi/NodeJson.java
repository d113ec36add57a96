package dev.remora.sidecar.localapi;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.LockKey;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.Node;
import dev.remora.engine.netmap.NodeCapability;
import dev.remora.engine.netmap.UserId;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.RawJson;
import dev.remora.proto.control.UserProfile;
import dev.remora.sidecar.config.JsonTree;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Nodes and users of the tailnet, in the members and the order in which the local API shows them.
public final class NodeJson {
    private NodeJson() {}

    /// A node, with everything that the control server told about it.
    public static Map<String, @Nullable Object> node(NetMap map, Node node) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("ID", node.id().value());
        tree.put("StableID", node.stableId().value());
        tree.put("Name", node.name());
        tree.put("User", node.user().value());
        node.sharer().ifPresent(id -> tree.put("Sharer", id.value()));
        tree.put("Key", node.key().text());
        node.keyExpiry().ifPresent(at -> tree.put("KeyExpiry", at.toString()));
        node.machine().map(MachineKey::text).ifPresent(key -> tree.put("Machine", key));
        node.discoKey().map(DiscoKey::text).ifPresent(key -> tree.put("DiscoKey", key));
        tree.put("Addresses", texts(node.addresses()));
        tree.put("AllowedIPs", texts(node.allowedIps()));
        putUnlessEmpty(tree, "Endpoints", node.endpoints().stream().map(IpPort::toString).toList());
        node.homeDerp().map(DerpRegionId::value).ifPresent(id -> tree.put("HomeDERP", id));
        tree.put("Hostinfo", tree(node.hostInfo()));
        node.created().ifPresent(at -> tree.put("Created", at.toString()));
        tree.put("Cap", node.capabilityVersion());
        putUnlessEmpty(tree, "Tags", node.tags());
        putUnlessEmpty(tree, "PrimaryRoutes", texts(node.primaryRoutes()));
        node.lastSeen()
                .filter(at -> !isOnline(node))
                .ifPresent(at -> tree.put("LastSeen", at.toString()));
        node.online().ifPresent(online -> tree.put("Online", online));
        tree.put("MachineAuthorized", node.machineAuthorized());
        if (!node.capabilities().isEmpty()) {
            tree.put("CapMap", capabilities(node));
        }
        if (node.expired()) {
            tree.put("Expired", true);
        }
        String name = map.displayName(node);
        tree.put("ComputedName", name);
        tree.put("ComputedNameWithHost", withHost(name, hostname(node)));
        return tree;
    }

    private static String withHost(String name, String hostname) {
        return hostname.isEmpty() || hostname.equalsIgnoreCase(name)
                ? name
                : name + " (" + hostname + ")";
    }

    /// The addresses of a node, for people.
    public static String addresses(Node node) {
        return String.join(
                " ", node.addresses().stream().map(prefix -> prefix.ip().toString()).toList());
    }

    static String hostname(Node node) {
        return Objects.requireNonNullElse(node.hostInfo().hostname(), "");
    }

    static boolean isOnline(Node node) {
        return node.online().orElse(false);
    }

    static List<String> texts(List<IpPrefix> prefixes) {
        return prefixes.stream().map(IpPrefix::toString).toList();
    }

    /// A member that is absent when there is nothing in it.
    static void putUnlessEmpty(Map<String, @Nullable Object> tree, String name, List<?> list) {
        if (!list.isEmpty()) {
            tree.put(name, list);
        }
    }

    /// What a node may do, by name, with the values in JSON.
    static Map<String, @Nullable Object> capabilities(Node node) {
        Map<String, @Nullable Object> tree = new TreeMap<>();
        node.capabilities()
                .forEach((NodeCapability name, List<RawJson> values) ->
                        tree.put(name.name(), values.stream().map(NodeJson::value).toList()));
        return tree;
    }

    private static Object value(RawJson json) {
        try {
            String wrapped = "{\"value\":" + json.text() + "}";
            Object value = JsonTree.read(wrapped.getBytes(StandardCharsets.UTF_8)).get("value");
            return value == null ? "" : value;
        } catch (MalformedException e) {
            return json.text(); // the server sent it inside good JSON, so this is beyond us
        }
    }

    /// A message of the control protocol as it stands in JSON.
    public static Map<String, Object> tree(Object message) {
        try {
            return JsonTree.read(ControlJson.write(message));
        } catch (MalformedException e) {
            throw new IllegalStateException("we wrote it ourselves", e);
        }
    }

    /// A user by number; one that nobody told us about has no name.
    public static Map<String, @Nullable Object> user(NetMap map, UserId id) {
        UserProfile profile = map.users().get(id);
        return user(profile == null ? new UserProfile(id.value(), "", "", null, null) : profile);
    }

    static Map<String, @Nullable Object> user(UserProfile profile) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("ID", profile.id());
        tree.put("LoginName", Objects.requireNonNullElse(profile.loginName(), ""));
        tree.put("DisplayName", Objects.requireNonNullElse(profile.displayName(), ""));
        if (profile.profilePicUrl() != null && !profile.profilePicUrl().isEmpty()) {
            tree.put("ProfilePicURL", profile.profilePicUrl());
        }
        return tree;
    }

    /// The answer to "who is that": the node, its owner, and what its grants say it may do here.
    public static Map<String, @Nullable Object> whoIs(
            NetMap map, Node node, Map<String, List<Object>> grants) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("Node", node(map, node));
        tree.put("UserProfile", user(map, node.owner()));
        tree.put("CapMap", grants.isEmpty() ? null : grants(grants));
        return tree;
    }

    /// What there is to say of the tailnet lock where there is none.
    ///
    /// @param self the key of our node, if it is a member
    public static Map<String, @Nullable Object> noLock(LockKey own, Optional<NodeKey> self) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("Enabled", false);
        tree.put("Head", null);
        tree.put("PublicKey", own.text());
        tree.put("NodeKey", self.map(NodeKey::text).orElse(null));
        tree.put("NodeKeySigned", false);
        tree.put("NodeKeySignature", null);
        tree.put("TrustedKeys", null);
        tree.put("VisiblePeers", null);
        tree.put("FilteredPeers", null);
        tree.put("StateID", 0);
        return tree;
    }

    private static Map<String, @Nullable Object> grants(Map<String, List<Object>> grants) {
        Map<String, @Nullable Object> tree = new TreeMap<>();
        grants.forEach((name, values) ->
                tree.put(
                        name,
                        values.stream()
                                .map(v -> v instanceof RawJson raw ? value(raw) : v)
                                .toList()));
        return tree;
    }

    /// The URLs of a node's PeerAPI on its own addresses.
    static List<String> peerApiUrls(Node node) {
        return peerApis(node).map(port -> "http://" + port).toList();
    }

    /// Where a node's PeerAPI is reached, by IPv4 if it has that.
    public static Optional<IpPort> peerApi(Node node) {
        return peerApis(node).findFirst();
    }

    private static Stream<IpPort> peerApis(Node node) {
        return Stream.of("peerapi4", "peerapi6").flatMap(proto -> peerApi(node, proto).stream());
    }

    private static Optional<IpPort> peerApi(Node node, String proto) {
        Optional<IpAddress> ip = proto.equals("peerapi4") ? node.ipv4() : node.ipv6();
        var services = node.hostInfo().services();
        if (services == null || ip.isEmpty()) {
            return Optional.empty();
        }
        return services.stream()
                .filter(service -> service.proto().equals(proto))
                .findFirst()
                .map(service -> new IpPort(ip.get(), (int) service.port() & 0xffff));
    }
}
