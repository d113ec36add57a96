package dev.remora.server.tailnet;

import dev.remora.base.IpPrefix;
import dev.remora.server.model.Name;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/// What people change about nodes.
public final class Nodes {
    private final Books books;
    private final Routers routers;
    private final Approvals approvals;

    Nodes(Books books, Routers routers, Approvals approvals) {
        this.books = books;
        this.routers = routers;
        this.approvals = approvals;
    }

    /// Ends the node's key at a time, now or later; a time that has passed means now.
    public Node expire(long id, Instant when, Actor actor) throws Refused {
        return change(
                id,
                actor,
                when.isAfter(books.clock().instant()) ? "expires at " + when : "expires now",
                (edit, node) -> {
                    Instant at =
                            when.isBefore(edit.now())
                                    ? edit.now()
                                    : when.truncatedTo(ChronoUnit.MILLIS);
                    return node.withMembership(node.membership().withExpiry(Optional.of(at)));
                });
    }

    public Node neverExpire(long id, Actor actor) throws Refused {
        return change(
                id,
                actor,
                "never expires",
                node -> node.withMembership(node.membership().withExpiry(Optional.empty())));
    }

    /// Admits a device that waits for approval.
    public Node authorize(long id, Actor actor) throws Refused {
        return change(
                id,
                actor,
                "is approved as a device",
                node -> node.withMembership(node.membership().withAuthorized(true)));
    }

    /// From now on the node is called this, whatever its host is.
    public Node rename(long id, String label, Actor actor) throws Refused {
        if (!Labels.isValid(label)) {
            throw new Refused("'" + label + "' is no DNS label: 1 to 63 of a-z, 0-9 and - inside");
        }
        return books.change(edit -> {
            Node node = required(id);
            Optional<Node> holder = books.roster().nodeLabelled(label);
            if (holder.isPresent() && holder.get().id() != id) {
                throw new Refused("another node is called " + label);
            }
            Node renamed = node.withName(new Name(node.name().hostname(), label, true));
            edit.put(renamed);
            Names.noteName(edit, actor, node, renamed);
            return renamed;
        });
    }

    /// Takes the node from its user and gives it tags, or other tags; routes that the policy approves for these are approved
    /// with it. Tags cannot be taken away by this: without an owner a node would be nobody's.
    public Node tag(long id, Set<String> tags, Actor actor) throws Refused {
        if (tags.isEmpty()) {
            throw new Refused("a tagged node has at least one tag");
        }
        for (String tag : tags) {
            Tags.refuseMalformed(tag);
            if (!books.rules().knowsTag(tag)) {
                throw new Refused("the policy has no " + tag + " among its tagOwners");
            }
        }
        return change(
                id,
                actor,
                "is tagged " + String.join(", ", new TreeSet<>(tags)),
                (edit, node) ->
                        approvals.approve(
                                edit,
                                node.withOwner(new Owner.Tagged(new TreeSet<>(tags)))
                                        .withMembership(
                                                node.membership().withExpiry(Optional.empty()))));
    }

    /// Approves exactly these routes; those that the node does not announce count when it does.
    public Node approveRoutes(long id, Set<IpPrefix> routes, Actor actor) throws Refused {
        for (IpPrefix route : routes) {
            if (!routers.mayBeAnnounced(route)) {
                throw new Refused(
                        route + " cannot be a route: it has host bits or is the tailnet's own");
            }
        }
        Set<IpPrefix> approved = Approvals.bothExits(routes);
        return change(
                id,
                actor,
                "has the approved routes " + Approvals.text(approved),
                node -> node.withApprovedRoutes(approved));
    }

    public void delete(long id, Actor actor) throws Refused {
        books.change(edit -> {
            Node node = required(id);
            edit.removeNode(id);
            edit.note(actor, "deleted node " + node.name().label());
            return node;
        });
    }

    private interface Alteration {
        Node apply(Edit edit, Node node);
    }

    private Node change(long id, Actor actor, String what, UnaryOperator<Node> alteration)
            throws Refused {
        return change(id, actor, what, (edit, node) -> alteration.apply(node));
    }

    private Node change(long id, Actor actor, String what, Alteration alteration) throws Refused {
        return books.change(edit -> {
            Node node = required(id);
            Node next = alteration.apply(edit, node);
            if (!next.equals(node)) {
                edit.put(next);
                edit.note(actor, "node " + node.name().label() + " " + what);
            }
            return next;
        });
    }

    private Node required(long id) throws Refused {
        return books.roster().node(id).orElseThrow(() -> new Refused("there is no node " + id));
    }
}
