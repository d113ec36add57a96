package dev.remora.server.tailnet;

import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.HostInfoBuilder;
import dev.remora.proto.control.RegisterRequest;
import dev.remora.server.model.Keys;
import dev.remora.server.model.Membership;
import dev.remora.server.model.Name;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.model.PreAuthKey;
import dev.remora.server.model.RegisterMethod;
import dev.remora.server.model.Report;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Makes a node of a registration that somebody has allowed, or finds the one that it renews.
///
/// A machine is one node for each of its users, and one with tags; which, decides what stays: a renewed node keeps its
/// number, addresses, name and approved routes.
final class Joining {
    private final TailnetSettings settings;
    private final Books books;
    private final Names names;
    private final Approvals approvals;
    private final AddressPool pool;

    Joining(TailnetSettings settings, Books books, Names names, Approvals approvals) {
        this.settings = settings;
        this.books = books;
        this.names = names;
        this.approvals = approvals;
        this.pool = new AddressPool(settings.ipv4(), settings.ipv6());
        books.roster().nodes().forEach(node -> pool.startAfter(node.addresses().ipv4()));
    }

    /// Who lets the node in.
    ///
    /// @param key empty if a person does
    /// @param retags an existing node's tags are replaced
    record Admission(Owner owner, Optional<PreAuthKey> key, boolean authorized, boolean retags) {
        RegisterMethod method() {
            return key.isPresent() ? RegisterMethod.AUTH_KEY : RegisterMethod.CLI;
        }

        OptionalLong keyId() {
            return key.isPresent() ? OptionalLong.of(key.get().id()) : OptionalLong.empty();
        }

        boolean ephemeral(RegisterRequest request) {
            return key.isPresent() && key.get().ephemeral()
                    || Boolean.TRUE.equals(request.ephemeral());
        }
    }

    /// The node as it is from this change on.
    Node join(Edit edit, MachineKey machine, RegisterRequest request, Admission admission)
            throws Refused {
        Optional<Node> renewed = match(machine, request, admission);
        refuseForeignKey(request.nodeKey(), renewed);
        Node node =
                renewed.isPresent()
                        ? renew(edit, renewed.get(), request, admission)
                        : create(edit, machine, request, admission);
        Node approved = approvals.approve(edit, node);
        edit.put(approved);
        return approved;
    }

    private void refuseForeignKey(NodeKey key, Optional<Node> renewed) throws Refused {
        Optional<Node> holder = books.roster().node(key);
        if (holder.isPresent() && holder.get().id() != renewed.map(Node::id).orElse(0L)) {
            throw new Refused("node key is in use by another node");
        }
    }

    /// The node that this registration is about, if there is one.
    Optional<Node> match(MachineKey machine, RegisterRequest request, Admission admission)
            throws Refused {
        List<Node> all = books.roster().nodesOf(machine);
        Optional<Node> tagged =
                all.stream().filter(node -> node.owner() instanceof Owner.Tagged).findFirst();
        return switch (admission.owner()) {
            case Owner.Tagged wanted -> tagged.isPresent() ? tagged : onlyOne(all);
            case Owner.Person(long user) ->
                    all.stream()
                            .filter(node -> node.owner().is(user))
                            .findFirst()
                            .or(() -> tagged.filter(node -> untags(node, request, admission)));
        };
    }

    private static Optional<Node> onlyOne(List<Node> all) throws Refused {
        if (all.size() > 1) {
            throw new Refused(
                    "this machine has several users' nodes: it is ambiguous which of them gets the tags");
        }
        return all.stream().findFirst();
    }

    /// A person who logs in makes a tagged node theirs. With a key, only if it is clear that the client means this node and
    /// is not another profile of the machine.
    private static boolean untags(Node tagged, RegisterRequest request, Admission admission) {
        return admission.key().isEmpty()
                || tagged.keys().node().equals(request.oldNodeKey())
                || tagged.keys().node().equals(request.nodeKey());
    }

    private Node renew(Edit edit, Node node, RegisterRequest request, Admission admission)
            throws Refused {
        boolean keepsTags =
                node.owner() instanceof Owner.Tagged
                        && admission.owner() instanceof Owner.Tagged
                        && !admission.retags();
        Owner owner = keepsTags ? node.owner() : admission.owner();
        HostInfo hostInfo = request.hostInfo();
        Node renewed =
                node.withOwner(owner)
                        .withKeys(node.keys().withNode(request.nodeKey()))
                        .withMembership(
                                node.membership()
                                        .renewed(
                                                admission.ephemeral(request),
                                                admission.authorized()
                                                        || node.membership().authorized(),
                                                admission.method(),
                                                admission.keyId())
                                        .withExpiry(expiry(owner, request, edit.now())));
        return hostInfo == null
                ? renewed
                : names.follow(edit, renewed.withReport(Reports.merge(node.report(), hostInfo)));
    }

    private Node create(Edit edit, MachineKey machine, RegisterRequest request, Admission admission)
            throws Refused {
        HostInfo told = request.hostInfo();
        HostInfo hostInfo = told == null ? new HostInfoBuilder().build() : told;
        long id = books.nextNode();
        Name name = names.first(edit, hostInfo, admission);
        return new Node(
                id,
                new Keys(machine, request.nodeKey(), DiscoKey.ZERO),
                admission.owner(),
                name,
                pool.next(books.roster()::isTaken),
                new Report(
                        hostInfo,
                        List.of(),
                        Reports.homeDerp(hostInfo, 0),
                        (int) Math.min(request.version(), Integer.MAX_VALUE)),
                Set.of(),
                new Membership(
                        admission.ephemeral(request),
                        admission.authorized(),
                        admission.method(),
                        admission.keyId(),
                        edit.now(),
                        expiry(admission.owner(), request, edit.now()),
                        edit.now()));
    }

    /// What the client asks for counts only where it is shorter than the rule.
    private Optional<Instant> expiry(Owner owner, RegisterRequest request, Instant now) {
        if (owner instanceof Owner.Tagged) {
            return Optional.empty();
        }
        Optional<Duration> most = settings.nodeExpiry().filter(Duration::isPositive);
        Optional<Instant> latest = most.map(now::plus);
        Optional<Instant> asked =
                Registrations.time(request.expiry()).map(at -> at.truncatedTo(ChronoUnit.MILLIS));
        return latest.filter(limit -> asked.isEmpty() || limit.isBefore(asked.get()))
                .or(() -> asked);
    }
}
