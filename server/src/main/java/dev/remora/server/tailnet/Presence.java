package dev.remora.server.tailnet;

import dev.remora.server.model.Node;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// Who is online: at once when a node opens a poll, and until it has had none for a while.
///
/// A poll that ends late, after the node has opened the next, changes nothing: each has its generation.
final class Presence {
    private final Books books;
    private final Agenda agenda;
    private final Routers routers;
    private final Lifetimes lifetimes;
    private final Names names;
    private final Attendance attendance;
    private final Duration offlineAfter;

    Presence(
            Books books,
            Agenda agenda,
            Routers routers,
            Lifetimes lifetimes,
            Names names,
            Attendance attendance,
            Duration offlineAfter) {
        this.books = books;
        this.agenda = agenda;
        this.routers = routers;
        this.lifetimes = lifetimes;
        this.names = names;
        this.attendance = attendance;
        this.offlineAfter = offlineAfter;
        books.follow(this::after);
    }

    private List<Change> after(Optional<Node> before, Optional<Node> now) {
        if (now.isEmpty() && before.isPresent()) {
            long id = before.get().id();
            attendance.forget(id);
            agenda.cancel(Agenda.Kind.OFFLINE, id);
        }
        return List.of();
    }

    Poll open(long id) {
        long[] generation = new long[1];
        books.announce(() -> {
            Optional<Node> node = books.roster().node(id);
            if (node.isEmpty()) {
                return List.of();
            }
            Attendance.Seat seat =
                    attendance.seats().computeIfAbsent(id, none -> new Attendance.Seat());
            seat.polls++;
            generation[0] = ++seat.generation;
            return arrive(node.get());
        });
        return new OpenPoll(id, generation[0]);
    }

    private List<Change> arrive(Node node) {
        agenda.cancel(Agenda.Kind.OFFLINE, node.id());
        lifetimes.stays(node.id());
        if (!attendance.online().add(node.id())) {
            return List.of();
        }
        List<Change> changes = new ArrayList<>();
        changes.add(new Change.Presence(node.id(), true));
        changes.addAll(routers.elect(node));
        return changes;
    }

    private void close(long id) {
        books.announce(() -> {
            Attendance.Seat seat = attendance.seats().get(id);
            if (seat != null && seat.polls > 0 && --seat.polls == 0) {
                seat.left = books.clock().instant().truncatedTo(ChronoUnit.MILLIS);
                long generation = seat.generation;
                agenda.after(Agenda.Kind.OFFLINE, id, offlineAfter, () -> leave(id, generation));
            }
            return List.of();
        });
    }

    private void leave(long id, long generation) {
        books.perform(
                "a node's departure",
                edit -> {
                    Attendance.Seat seat = attendance.seats().get(id);
                    Optional<Node> node = books.roster().node(id);
                    if (seat == null
                            || node.isEmpty()
                            || seat.polls > 0
                            || seat.generation != generation
                            || !attendance.online().remove(id)) {
                        return;
                    }
                    Node seen =
                            node.get()
                                    .withMembership(
                                            node.get().membership().withLastSeen(seat.left));
                    edit.putSoon(seen);
                    edit.tell(new Change.Presence(id, false));
                    routers.elect(seen).forEach(edit::tell);
                    lifetimes.forgetWhenAway(seen);
                    names.handOver(edit, seen);
                });
    }

    /// Notes for all who are online that they were seen now; for the case that we end without warning.
    void noteSeen() {
        books.perform(
                "the time of who is online",
                edit -> {
                    for (long id : attendance.online()) {
                        books.roster()
                                .node(id)
                                .ifPresent(node ->
                                        edit.putSoon(
                                                node.withMembership(
                                                        node.membership()
                                                                .withLastSeen(edit.now()))));
                    }
                });
    }

    private final class OpenPoll implements Poll {
        private final long node;
        private final long generation;
        private final AtomicBoolean closed = new AtomicBoolean();

        OpenPoll(long node, long generation) {
            this.node = node;
            this.generation = generation;
        }

        @Override
        public long generation() {
            return generation;
        }

        @Override
        public void close() {
            if (generation > 0 && closed.compareAndSet(false, true)) {
                Presence.this.close(node);
            }
        }
    }
}
