package dev.remora.server.tailnet;

import dev.remora.proto.control.HostInfo;
import dev.remora.server.model.Name;
import dev.remora.server.model.Node;
import dev.remora.server.model.PreAuthKey;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;

/// Who is called what. A label is unique; whoever comes second gets `-1` behind it, unless the key says that the newest
/// node takes the name over from one that is away.
final class Names {
    private final Books books;
    private final Attendance attendance;

    Names(Books books, Attendance attendance) {
        this.books = books;
        this.attendance = attendance;
    }

    /// The name of a node that is to be made.
    Name first(Edit edit, HostInfo hostInfo, Joining.Admission admission) {
        String hostname = hostname(hostInfo);
        String wished = Labels.of(hostname);
        Optional<Node> holder = books.roster().nodeLabelled(wished);
        boolean takes =
                holder.isPresent()
                        && admission.key().filter(key -> yields(holder.get(), key)).isPresent();
        if (takes) {
            giveUp(edit, holder.get());
            return new Name(hostname, wished, false);
        }
        return new Name(hostname, free(wished, 0), false);
    }

    /// Whether a node leaves its name to the newest that comes with the same key.
    private boolean yields(Node holder, PreAuthKey key) {
        return key.takeOverName()
                && holder.membership().authKey().equals(OptionalLong.of(key.id()))
                && holder.owner().equals(key.owner())
                && !holder.name().fixed()
                && !attendance.connected(holder.id());
    }

    private void giveUp(Edit edit, Node holder) {
        String label = holder.name().label();
        if (holder.membership().ephemeral()) {
            edit.removeNode(holder.id());
            edit.note(
                    Actor.SERVER, "forgot ephemeral node " + label + ", whose name was taken over");
        } else {
            String next =
                    Labels.free(label, taken -> books.roster().nodeLabelled(taken).isPresent());
            edit.put(rename(holder, next));
            edit.note(
                    Actor.SERVER,
                    "renamed node " + label + " to " + next + ": its name was taken over");
        }
    }

    /// A node that has gone leaves its name to a newer one, which had to take another while both were there.
    void handOver(Edit edit, Node gone) {
        Optional<PreAuthKey> key =
                gone.membership().authKey().stream()
                        .boxed()
                        .flatMap(id -> books.roster().authKey(id).stream())
                        .findAny();
        if (key.isEmpty() || !yields(gone, key.get())) {
            return;
        }
        Optional<Node> heir =
                books.roster().nodes().stream()
                        .filter(node -> node.id() > gone.id() && !node.name().fixed())
                        .filter(node ->
                                node.membership().authKey().equals(gone.membership().authKey()))
                        .filter(node -> node.owner().equals(gone.owner()))
                        .filter(node ->
                                Labels.of(node.name().hostname()).equals(gone.name().label()))
                        .max(Comparator.comparingLong(Node::id));
        if (heir.isPresent()) {
            giveUp(edit, gone);
            Node named = rename(heir.get(), gone.name().label());
            edit.put(named);
            noteName(edit, Actor.SERVER, heir.get(), named);
        }
    }

    private static Node rename(Node node, String label) {
        return node.withName(new Name(node.name().hostname(), label, node.name().fixed()));
    }

    /// A node whose host has another name now; who was renamed by a person stays that.
    Node follow(Edit edit, Node node) {
        Name name = node.name();
        String hostname = hostname(node.report().hostInfo());
        if (hostname.equals(name.hostname())) {
            return node;
        }
        String wished = Labels.of(hostname);
        boolean sameLabel = name.fixed() || wished.equals(Labels.of(name.hostname()));
        String label = sameLabel ? name.label() : free(wished, node.id());
        Node named = node.withName(new Name(hostname, label, name.fixed()));
        if (!label.equals(name.label())) {
            noteName(edit, Actor.machine(node.keys().machine()), node, named);
        }
        return named;
    }

    static void noteName(Edit edit, Actor actor, Node before, Node now) {
        edit.note(actor, "node " + before.name().label() + " is called " + now.name().label());
    }

    /// @param self may have the label already
    private String free(String wished, long self) {
        return Labels.free(
                wished,
                label ->
                        books.roster()
                                .nodeLabelled(label)
                                .filter(node -> node.id() != self)
                                .isPresent());
    }

    private static String hostname(HostInfo hostInfo) {
        String hostname = hostInfo.hostname();
        return hostname == null ? "" : hostname;
    }
}
