package dev.remora.server.admin;

import dev.remora.proto.control.UserProfile;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.tailnet.Tailnet;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A node as headscale 0.29 tells it, with two members more.
final class NodeJson {
    /// How Go writes that there is no time.
    private static final Instant YEAR_1 = Instant.parse("0001-01-01T00:00:00Z");

    private NodeJson() {}

    static Map<String, Object> of(Tailnet tailnet, Node node) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", node.id());
        json.put("machine_key", node.keys().machine().text());
        json.put("node_key", node.keys().node().text());
        json.put("disco_key", node.keys().disco().text());
        json.put(
                "ip_addresses",
                List.of(node.addresses().ipv4().toString(), node.addresses().ipv6().toString()));
        json.put("name", node.name().hostname());
        json.put("user", user(tailnet, node));
        json.put("last_seen", AdminJson.time(node.membership().lastSeen()));
        json.put("expiry", AdminJson.time(node.membership().expiry()));
        json.put("pre_auth_key", authKey(tailnet, node));
        json.put("created_at", AdminJson.time(node.membership().created()));
        json.put("register_method", node.membership().method().ordinal() + 1);
        json.put("given_name", node.name().label());
        json.put("online", tailnet.online(node.id()));
        json.put("approved_routes", sorted(node.approvedRoutes()));
        json.put("available_routes", sorted(node.report().announcedRoutes()));
        json.put("subnet_routes", sorted(tailnet.servedRoutes(node.id())));
        json.put("tags", List.copyOf(node.owner().tags()));
        json.put("ephemeral", node.membership().ephemeral());
        json.put("needs_approval", !node.membership().authorized());
        return json;
    }

    private static @Nullable Map<String, Object> user(Tailnet tailnet, Node node) {
        if (node.owner() instanceof Owner.Person(long id)) {
            return tailnet.user(id).map(UserVerbs::json).orElse(null);
        }
        UserProfile tagged = tailnet.profile(node);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", tagged.id());
        json.put("name", tagged.loginName());
        json.put("created_at", AdminJson.time(YEAR_1));
        json.put("display_name", tagged.displayName());
        json.put("email", "");
        json.put("provider_id", "");
        json.put("provider", "");
        json.put("profile_pic_url", "");
        return json;
    }

    private static @Nullable Map<String, Object> authKey(Tailnet tailnet, Node node) {
        return node.membership().authKey().stream()
                .mapToObj(id -> tailnet.authKeys().find(id))
                .flatMap(key -> key.stream())
                .map(key -> KeyVerbs.json(tailnet, key))
                .findFirst()
                .orElse(null);
    }

    private static List<String> sorted(Collection<?> values) {
        return values.stream().map(Object::toString).sorted().toList();
    }
}
