package dev.remora.server.admin;

import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.tailnet.Actor;
import dev.remora.server.tailnet.Refused;
import dev.remora.server.tailnet.Tailnet;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// `nodes/…`.
final class NodeVerbs {
    private final Tailnet tailnet;

    NodeVerbs(Tailnet tailnet) {
        this.tailnet = tailnet;
    }

    void addTo(Map<String, Verb> verbs) {
        verbs.put("nodes/list", (parameters, actor) -> list(parameters));
        verbs.put("nodes/expire", this::expire);
        verbs.put("nodes/rename", this::rename);
        verbs.put("nodes/delete", this::delete);
        verbs.put("nodes/tag", this::tag);
        verbs.put("nodes/approve-routes", this::approveRoutes);
    }

    private Object list(Parameters parameters) throws Refused {
        Stream<Node> nodes = tailnet.nodes().stream().sorted(Comparator.comparingLong(Node::id));
        if (parameters.given("user").isPresent()) {
            long user = UserVerbs.find(tailnet, parameters.text("user")).id();
            nodes = nodes.filter(node -> node.owner().is(user));
        }
        if (parameters.given("id").isPresent()) {
            long id = chosen(parameters).id();
            nodes = nodes.filter(node -> node.id() == id);
        }
        return nodes.map(this::json).toList();
    }

    private Object expire(Parameters parameters, Actor actor) throws Refused {
        long id = chosen(parameters).id();
        if (parameters.bool("disable")) {
            return json(tailnet.nodesAdmin().neverExpire(id, actor));
        }
        Optional<String> when = parameters.given("expiry");
        return json(
                tailnet.nodesAdmin()
                        .expire(id, when.isEmpty() ? Instant.EPOCH : instant(when.get()), actor));
    }

    private static Instant instant(String text) throws Refused {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new Refused("'" + text + "' is no time such as 2027-08-27T10:00:00Z");
        }
    }

    private Object rename(Parameters parameters, Actor actor) throws Refused {
        long id = chosen(parameters).id();
        return json(tailnet.nodesAdmin().rename(id, parameters.text("new_name"), actor));
    }

    private Object delete(Parameters parameters, Actor actor) throws Refused {
        Node node = chosen(parameters);
        Map<String, Object> json = json(node);
        tailnet.nodesAdmin().delete(node.id(), actor);
        return json;
    }

    private Object tag(Parameters parameters, Actor actor) throws Refused {
        Set<String> tags = Set.copyOf(parameters.list("tags"));
        return json(tailnet.nodesAdmin().tag(chosen(parameters).id(), tags, actor));
    }

    private Object approveRoutes(Parameters parameters, Actor actor) throws Refused {
        Set<IpPrefix> routes = new HashSet<>();
        for (String text : parameters.list("routes")) {
            try {
                routes.add(IpPrefix.parse(text));
            } catch (MalformedException e) {
                throw new Refused("'" + text + "' is no prefix such as 10.0.0.0/8");
            }
        }
        return json(tailnet.nodesAdmin().approveRoutes(chosen(parameters).id(), routes, actor));
    }

    /// By number or name; a number goes before a name.
    private Node chosen(Parameters parameters) throws Refused {
        String wanted = parameters.text("id");
        Collection<Node> all = tailnet.nodes();
        return all.stream()
                .filter(node -> Long.toString(node.id()).equals(wanted))
                .findFirst()
                .or(() ->
                        all.stream().filter(node -> node.name().label().equals(wanted)).findFirst())
                .orElseThrow(() -> new Refused("there is no node '" + wanted + "'"));
    }

    Map<String, Object> json(Node node) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", node.id());
        json.put("machine_key", node.keys().machine().text());
        json.put("node_key", node.keys().node().text());
        json.put("disco_key", node.keys().disco().text());
        json.put("ip_addresses", texts(List.of(node.addresses().ipv4(), node.addresses().ipv6())));
        json.put("name", node.name().hostname());
        if (node.owner() instanceof Owner.Person(long id)) {
            tailnet.user(id).ifPresent(user -> json.put("user", UserVerbs.json(user)));
        }
        json.put("last_seen", AdminJson.time(node.membership().lastSeen()));
        json.put("expiry", AdminJson.time(node.membership().expiry()));
        json.put("created_at", AdminJson.time(node.membership().created()));
        json.put("register_method", node.membership().method().ordinal() + 1);
        json.put("given_name", node.name().label());
        json.put("online", tailnet.online(node.id()));
        json.put("approved_routes", texts(node.approvedRoutes()));
        json.put("available_routes", texts(node.report().announcedRoutes()));
        json.put("subnet_routes", texts(tailnet.servedRoutes(node.id())));
        json.put("tags", List.copyOf(node.owner().tags()));
        return json;
    }

    private static List<String> texts(Collection<?> values) {
        return values.stream().map(Object::toString).toList();
    }
}
