package dev.remora.server.tailnet;

import dev.remora.crypto.MachineKey;
import dev.remora.proto.control.AuthKey;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.RegisterAuth;
import dev.remora.proto.control.RegisterRequest;
import dev.remora.proto.control.RegisterResponse;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.model.PreAuthKey;
import dev.remora.server.model.User;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Decides what a registration is: a logout, a restart, a wait for a person, a key, or the start of a login. In this order.
final class Registrations {
    /// Client release 1.80.
    static final long OLDEST_VERSION = 113;

    /// Go's zero time, which says that there is none.
    private static final Instant ZERO = Instant.parse("0001-01-01T00:00:00Z");

    private final TailnetSettings settings;
    private final Books books;
    private final Joining joining;
    private final PendingLogins pending;
    private final GuessLimit guesses;

    Registrations(TailnetSettings settings, Books books, Joining joining, PendingLogins pending) {
        this.settings = settings;
        this.books = books;
        this.joining = joining;
        this.pending = pending;
        this.guesses = new GuessLimit(books.clock());
    }

    /// A time that a client sent, unless it is none.
    static Optional<Instant> time(@Nullable Instant sent) {
        return sent == null || !sent.isAfter(ZERO) ? Optional.empty() : Optional.of(sent);
    }

    /// Answers a client. Refusals are answers too.
    RegisterResponse register(MachineKey machine, RegisterRequest request)
            throws InterruptedException, Overloaded {
        try {
            refuseUnfit(request);
            return decide(machine, request);
        } catch (Refused e) {
            return Answers.refused(e.sentence());
        }
    }

    private void refuseUnfit(RegisterRequest request) throws Refused {
        HostInfo hostInfo = request.hostInfo();
        if (request.version() < OLDEST_VERSION) {
            String release = hostInfo == null ? null : hostInfo.ipnVersion();
            throw new Refused(
                    "unsupported client version: %s (%d)"
                            .formatted(release == null ? "" : release, request.version()));
        }
        if (request.nodeKey() == null || request.nodeKey().isZero()) {
            throw new Refused("a registration needs a node key");
        }
        String tailnet = request.tailnet();
        if (tailnet != null
                && tailnet.startsWith("required:")
                && !tailnet.equals("required:" + settings.baseDomain())) {
            throw new Refused("this server has no tailnet " + tailnet.substring(9));
        }
    }

    private RegisterResponse decide(MachineKey machine, RegisterRequest request)
            throws Refused, InterruptedException, Overloaded {
        Instant now = books.clock().instant();
        Optional<Instant> expiry = time(request.expiry());
        if (expiry.isPresent() && expiry.get().isBefore(now)) {
            return logOut(machine, request);
        }
        Optional<AuthKey> key = authKey(request.auth());
        String followup = request.followup();
        if (followup != null && !followup.isEmpty()) {
            return wait(machine, request, followup);
        }
        Optional<Node> known = known(machine, request);
        if (key.isPresent()) {
            return admitByKey(machine, request, key.get());
        }
        if (known.isEmpty()) {
            return visit(machine, request);
        }
        if (expiry.isPresent()) {
            throw new Refused("extending key is not allowed");
        }
        return known.get().membership().expired(now) ? Answers.ended() : state(known.get());
    }

    private static Optional<AuthKey> authKey(@Nullable RegisterAuth auth) {
        return Optional.ofNullable(auth).map(RegisterAuth::authKey).filter(key -> !key.isBlank());
    }

    /// The node with this key, if there is one; that it is another machine's is refused whatever was asked.
    private Optional<Node> known(MachineKey machine, RegisterRequest request) throws Refused {
        Optional<Node> node = books.roster().node(request.nodeKey());
        if (node.isPresent() && !node.get().keys().machine().equals(machine)) {
            throw new Refused("node exists with a different machine key");
        }
        return node;
    }

    private RegisterResponse logOut(MachineKey machine, RegisterRequest request) throws Refused {
        return books.change(edit -> {
            Optional<Node> known = known(machine, request);
            if (known.isEmpty() || known.get().membership().expired(edit.now())) {
                return Answers.ended();
            }
            Node node = known.get();
            edit.note(Actor.machine(machine), "logged out node " + node.name().label());
            if (node.membership().ephemeral()) {
                edit.removeNode(node.id());
                return Answers.ended();
            }
            // not the time of 1970 that the client sends, which peers would see
            Node ended = node.withMembership(node.membership().withExpiry(Optional.of(edit.now())));
            edit.put(ended);
            return state(ended);
        });
    }

    private RegisterResponse wait(MachineKey machine, RegisterRequest request, String url)
            throws Refused, InterruptedException {
        Optional<PendingLogins.Verdict> verdict = pending.await(machine, request, url);
        if (verdict.isPresent() && verdict.get() instanceof PendingLogins.Rejected(var why)) {
            throw new Refused(why);
        }
        // Approved here, or earlier and the client did not get the answer; if not, it gets another
        // URL, never the same.
        Optional<Node> node = known(machine, request);
        return node.isPresent() && !node.get().membership().expired(books.clock().instant())
                ? state(node.get())
                : visit(machine, request);
    }

    private RegisterResponse visit(MachineKey machine, RegisterRequest request) {
        return Answers.visit(pending.add(machine, request));
    }

    private RegisterResponse state(Node node) {
        Instant created =
                Answers.userOf(node, books.roster())
                        .map(User::created)
                        .orElse(node.membership().created());
        return Answers.member(
                node, Answers.profile(node, books.roster()), created, books.clock().instant());
    }

    private RegisterResponse admitByKey(
            MachineKey machine, RegisterRequest request, AuthKey authKey)
            throws Refused, Overloaded {
        guesses.check(machine);
        Optional<KeySecret> secret = KeySecret.of(authKey);
        boolean[] wrong = new boolean[1];
        try {
            Node node =
                    books.change(edit -> {
                        Optional<PreAuthKey> key = secret.flatMap(this::find);
                        wrong[0] = key.isEmpty();
                        return admit(edit, machine, request, key);
                    });
            pending.endOthers(node);
            return state(node);
        } catch (Refused e) {
            if (wrong[0]) {
                guesses.wasWrong(machine);
            }
            throw e;
        }
    }

    private Optional<PreAuthKey> find(KeySecret secret) {
        return books.roster()
                .authKeyByLookup(secret.lookup())
                .filter(key -> secret.matches(key.digest()));
    }

    private Node admit(
            Edit edit, MachineKey machine, RegisterRequest request, Optional<PreAuthKey> maybeKey)
            throws Refused {
        Optional<Node> known = known(machine, request);
        if (known.isPresent() && isReplay(known.get(), maybeKey, edit.now())) {
            return known.get();
        }
        PreAuthKey key = maybeKey.orElseThrow(() -> new Refused("invalid pre auth key"));
        refuseSpent(key, edit.now());
        Joining.Admission admission =
                new Joining.Admission(
                        key.owner(),
                        Optional.of(key),
                        key.preauthorized() || !settings.deviceApproval(),
                        false);
        Optional<Node> renewed = joining.match(machine, request, admission);
        if (renewed.isEmpty()) {
            refuseTags(request, key);
        }
        edit.put(key.withUsed(edit.now()));
        Node node = joining.join(edit, machine, request, admission);
        edit.note(
                Actor.machine(machine),
                "%s node %s with auth key %d"
                        .formatted(
                                renewed.isEmpty() ? "registered" : "renewed",
                                node.name().label(),
                                key.id()));
        return node;
    }

    /// A container sends its key with each start, long after it was spent, ran out or was deleted. Nothing is new: the
    /// machine could as well have come without the key. So no key is looked at, unless it is another owner's and not the one
    /// that let the node in: an administrator may have tagged it since.
    private static boolean isReplay(Node node, Optional<PreAuthKey> key, Instant now) {
        return !node.membership().expired(now)
                && (key.isEmpty()
                        || sameOwner(node.owner(), key.get().owner())
                        || node.membership().authKey().equals(OptionalLong.of(key.get().id())));
    }

    private static boolean sameOwner(Owner one, Owner other) {
        return one instanceof Owner.Tagged && other instanceof Owner.Tagged || one.equals(other);
    }

    private static void refuseSpent(PreAuthKey key, Instant now) throws Refused {
        if (key.revoked().isPresent()) {
            throw new Refused("authkey revoked");
        }
        if (key.expired(now)) {
            throw new Refused("authkey expired");
        }
        if (key.used().isPresent() && !key.reusable()) {
            throw new Refused("authkey already used");
        }
    }

    private static void refuseTags(RegisterRequest request, PreAuthKey key) throws Refused {
        List<String> wrong =
                requestedTags(request.hostInfo()).stream()
                        .filter(tag -> !key.tags().contains(tag))
                        .toList();
        if (!wrong.isEmpty()) {
            throw tagsRefused(wrong);
        }
    }

    static List<String> requestedTags(@Nullable HostInfo hostInfo) {
        List<String> tags = hostInfo == null ? null : hostInfo.requestTags();
        return tags == null ? List.of() : tags;
    }

    static Refused tagsRefused(List<String> tags) {
        return new Refused("requested tags " + tags + " are invalid or not permitted");
    }
}
