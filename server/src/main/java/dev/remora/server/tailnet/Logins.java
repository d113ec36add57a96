package dev.remora.server.tailnet;

import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.RegisterRequest;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.model.User;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Lets people's devices in, or not.
public final class Logins {
    private final Books books;
    private final PendingLogins pending;
    private final Joining joining;

    Logins(Books books, PendingLogins pending, Joining joining) {
        this.books = books;
        this.pending = pending;
        this.joining = joining;
    }

    /// Those that wait, the oldest first.
    public List<PendingLogin> pending() {
        return pending.all().stream().map(Logins::describe).toList();
    }

    /// How many requests are held open until a person decides.
    public int waiting() {
        return pending.waiting();
    }

    public Optional<PendingLogin> find(String authId) {
        return pending.find(authId).map(Logins::describe);
    }

    private static PendingLogin describe(PendingLogins.Entry entry) {
        RegisterRequest request = entry.request();
        HostInfo hostInfo = request.hostInfo();
        String hostname = hostInfo == null ? null : hostInfo.hostname();
        String os = hostInfo == null ? null : hostInfo.os();
        return new PendingLogin(
                entry.id(),
                entry.machine(),
                request.nodeKey(),
                hostname == null ? "" : hostname,
                os == null ? "" : os,
                Registrations.requestedTags(hostInfo),
                entry.created());
    }

    /// Makes the device a node of this user, or, if it asked for tags that the user may give, a tagged one.
    public Node approve(String authId, long userId, Actor actor) throws Refused {
        Node node;
        try {
            node = books.change(edit -> admit(edit, authId, userId, actor));
        } catch (TagsRefused e) {
            pending.end(authId, new PendingLogins.Rejected(e.sentence()));
            throw e;
        }
        pending.end(authId, new PendingLogins.Approved(node));
        pending.endOthers(node);
        return node;
    }

    private Node admit(Edit edit, String authId, long userId, Actor actor) throws Refused {
        PendingLogins.Entry entry = wanted(authId);
        User user =
                books.roster()
                        .user(userId)
                        .orElseThrow(() -> new Refused("there is no user " + userId));
        List<String> tags = Registrations.requestedTags(entry.request().hostInfo());
        Owner owner =
                tags.isEmpty()
                        ? new Owner.Person(user.id())
                        : new Owner.Tagged(new TreeSet<>(permitted(user, tags)));
        Node node =
                joining.join(
                        edit,
                        entry.machine(),
                        entry.request(),
                        new Joining.Admission(owner, Optional.empty(), true, true));
        edit.note(actor, "approved node " + node.name().label() + " for user " + user.name());
        return node;
    }

    private PendingLogins.Entry wanted(String authId) throws Refused {
        return pending.find(authId)
                .orElseThrow(
                        () -> new Refused("no login waits under this id; it may have run out"));
    }

    private List<String> permitted(User user, List<String> tags) throws TagsRefused {
        List<String> wrong =
                tags.stream()
                        .filter(tag ->
                                !books.rules().knowsTag(tag) || !books.rules().mayTag(user, tag))
                        .toList();
        if (!wrong.isEmpty()) {
            throw new TagsRefused(wrong);
        }
        return tags;
    }

    /// The device's client is told too, unlike when the wrong user was named.
    private static final class TagsRefused extends Refused {
        private static final long serialVersionUID = 1;

        TagsRefused(List<String> tags) {
            super(Registrations.tagsRefused(tags).sentence());
        }
    }

    /// The device's client shows that it was rejected.
    public void reject(String authId, Actor actor) throws Refused {
        books.change(edit -> {
            PendingLogins.Entry entry = wanted(authId);
            edit.note(actor, "rejected " + describe(entry).hostname());
            return entry;
        });
        pending.end(authId, new PendingLogins.Rejected("the login was rejected"));
    }
}
