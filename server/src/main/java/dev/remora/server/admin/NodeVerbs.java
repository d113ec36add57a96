package dev.remora.server.admin;

import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.server.model.Node;
import dev.remora.server.tailnet.Actor;
import dev.remora.server.tailnet.Refused;
import dev.remora.server.tailnet.Tailnet;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
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
        verbs.put("nodes/approve", this::approve);
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
        if (parameters.bool("routes")) {
            nodes = nodes.filter(NodeVerbs::hasRoutes);
        }
        return nodes.map(this::json).toList();
    }

    private static boolean hasRoutes(Node node) {
        return !node.report().announcedRoutes().isEmpty() || !node.approvedRoutes().isEmpty();
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
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new Refused("'" + text + "' is no time such as 2027-08-27T10:00:00Z");
        }
    }

    private Object approve(Parameters parameters, Actor actor) throws Refused {
        return json(tailnet.nodesAdmin().authorize(chosen(parameters).id(), actor));
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

    private Node chosen(Parameters parameters) throws Refused {
        return find(tailnet, parameters.text("id"));
    }

    /// By number or name; a number goes before a name.
    static Node find(Tailnet tailnet, String wanted) throws Refused {
        Collection<Node> all = tailnet.nodes();
        return all.stream()
                .filter(node -> Long.toString(node.id()).equals(wanted))
                .findFirst()
                .or(() ->
                        all.stream().filter(node -> node.name().label().equals(wanted)).findFirst())
                .orElseThrow(() -> new Refused("there is no node '" + wanted + "'"));
    }

    Map<String, Object> json(Node node) {
        return NodeJson.of(tailnet, node);
    }
}
