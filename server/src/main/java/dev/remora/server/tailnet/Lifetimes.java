package dev.remora.server.tailnet;

import dev.remora.server.model.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/// How long nodes last: keys that expire, and ephemeral nodes that stay away.
///
/// After a start an ephemeral node has the whole time to come back: we do not know who was there meanwhile.
final class Lifetimes {
    private final Books books;
    private final Agenda agenda;
    private final Routers routers;
    private final Duration ephemeralAfter;
    private final Attendance attendance;

    Lifetimes(
            Books books,
            Agenda agenda,
            Routers routers,
            Duration ephemeralAfter,
            Attendance attendance) {
        this.books = books;
        this.agenda = agenda;
        this.routers = routers;
        this.ephemeralAfter = ephemeralAfter;
        this.attendance = attendance;
        Instant now = books.clock().instant();
        for (Node node : books.roster().nodes()) {
            if (!node.membership().expired(now)) {
                watchExpiry(node);
            }
            forgetWhenAway(node);
        }
        books.follow(this::after);
    }

    private List<Change> after(Optional<Node> before, Optional<Node> now) {
        if (now.isEmpty()) {
            long id = before.orElseThrow().id();
            agenda.cancel(Agenda.Kind.EXPIRY, id);
            agenda.cancel(Agenda.Kind.EPHEMERAL, id);
            return List.of();
        }
        Node node = now.get();
        Optional<Instant> expiryBefore = before.flatMap(was -> was.membership().expiry());
        if (!expiryBefore.equals(node.membership().expiry())) {
            watchExpiry(node);
        }
        boolean wasEphemeral = before.isPresent() && before.get().membership().ephemeral();
        if (!wasEphemeral && !attendance.connected(node.id())) {
            forgetWhenAway(node);
        }
        return isAgainMember(before, node) ? routers.elect(node) : List.of();
    }

    /// Or no longer: both may move a route.
    private boolean isAgainMember(Optional<Node> before, Node node) {
        return before.isPresent()
                && (!before.get().membership().expiry().equals(node.membership().expiry())
                        || before.get().membership().authorized()
                                != node.membership().authorized());
    }

    private void watchExpiry(Node node) {
        Optional<Instant> expiry = node.membership().expiry();
        if (expiry.isEmpty() || expiry.get().isBefore(books.clock().instant())) {
            agenda.cancel(Agenda.Kind.EXPIRY, node.id());
        } else {
            agenda.put(Agenda.Kind.EXPIRY, node.id(), expiry.get(), () -> expired(node.id()));
        }
    }

    private void expired(long id) {
        books.announce(() -> {
            Optional<Node> node = books.roster().node(id);
            if (node.isEmpty()) {
                return List.of();
            }
            List<Change> changes = new ArrayList<>(routers.elect(node.get()));
            changes.add(new Change.Patched(id, EnumSet.of(Change.Part.KEY_EXPIRY)));
            changes.add(new Change.SelfChanged(id));
            return changes;
        });
    }

    /// From now on, if the node is ephemeral.
    void forgetWhenAway(Node node) {
        if (node.membership().ephemeral()) {
            agenda.after(Agenda.Kind.EPHEMERAL, node.id(), ephemeralAfter, () -> forget(node.id()));
        }
    }

    void stays(long id) {
        agenda.cancel(Agenda.Kind.EPHEMERAL, id);
    }

    private void forget(long id) {
        boolean kept =
                books.perform(
                        "the end of an ephemeral node",
                        edit -> {
                            Optional<Node> node = books.roster().node(id);
                            if (node.isPresent()
                                    && node.get().membership().ephemeral()
                                    && !attendance.connected(id)) {
                                edit.removeNode(id);
                                edit.note(
                                        Actor.SERVER,
                                        "forgot ephemeral node "
                                                + node.get().name().label()
                                                + ", which stayed away");
                            }
                        });
        if (!kept) {
            books.roster().node(id).ifPresent(this::forgetWhenAway);
        }
    }
}
