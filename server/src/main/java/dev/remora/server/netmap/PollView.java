package dev.remora.server.netmap;

import dev.remora.base.IpPrefix;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.DerpMapInfo;
import dev.remora.proto.control.FilterRule;
import dev.remora.proto.control.RawJson;
import dev.remora.proto.control.UserProfile;
import dev.remora.server.model.Node;
import dev.remora.server.netmap.Fragments.Peer;
import dev.remora.server.netmap.MapCounts.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What one client has been told so far, and the next message that brings it up to date. Belongs to the poll's thread;
/// only [#knows] and [#knowsUser] are for others.
final class PollView {
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.UTF_8);
    private static final int ROOM = 512;

    private final MapContext context;
    private final MapSource source;
    private final long viewer;
    private final long capabilityVersion;
    private final IdSet told = new IdSet();
    private final IdSet users = new IdSet();

    /// Those told to have ended: no patch takes that back.
    private final IdSet ended = new IdSet();

    /// The routes told, of nodes that have any.
    private final Map<Long, List<IpPrefix>> routes = new HashMap<>();

    private byte @Nullable [] self;
    private byte @Nullable [] dns;
    private @Nullable DerpMapInfo derpMap;
    private @Nullable List<FilterRule> filter;

    PollView(MapContext context, long viewer, long capabilityVersion) {
        this.context = context;
        this.source = context.source();
        this.viewer = viewer;
        this.capabilityVersion = capabilityVersion;
    }

    /// Whether the client has heard of this node. What it will hear in a moment counts.
    boolean knows(long id) {
        return told.contains(id);
    }

    boolean knowsUser(long id) {
        return users.contains(id);
    }

    /// The whole map; nothing if the viewer is no more, or its name is none.
    Optional<Message> first(boolean withPeers) {
        Node node = source.node(viewer).orElse(null);
        if (node == null || !NodeWriter.nameFits(source.fqdn(node))) {
            return Optional.empty();
        }
        Sight sight = source.sight(viewer);
        Delta delta = new Delta(sight);
        delta.profile(source.profile(node));
        if (withPeers) {
            for (long id : new TreeSet<>(sight.visible())) {
                delta.judge(id, EnumSet.of(Part.WHOLE));
            }
        }
        DerpMapInfo relays = source.derpMap(capabilityVersion);
        derpMap = relays;
        byte[] own = selfJson(node, sight);
        self = own;
        byte[] names = dnsJson(node, sight);
        dns = names;
        Messages message = new Messages(ROOM + delta.length()).member("Node", own);
        message.member("DERPMap", ControlJson.write(relays))
                .peersUnlessNone("Peers", delta.changed)
                .member("DNSConfig", names)
                .member("Domain", quoted(context.settings().domain()))
                .member("CollectServices", FALSE);
        filters(message, sight);
        message.listUnlessEmpty("UserProfiles", delta.profiles)
                .member("ControlTime", quoted(context.clock().instant().toString()))
                .member("Debug", ControlJson.write(NodeWriter.NO_LOG_UPLOAD));
        context.counts().add(Kind.FULL_MAPS);
        return Optional.of(message.done());
    }

    /// What is new; nothing if all that was noted turns out to be known.
    Optional<Message> next(Mailbox.Notes notes) {
        Optional<Node> node = source.node(viewer);
        if (node.isEmpty()) {
            return Optional.empty();
        }
        Sight sight = source.sight(viewer);
        if (notes.view) {
            compare(sight, notes);
        }
        Delta delta = new Delta(sight);
        notes.peers.forEach(delta::judge);
        for (long user : notes.users) {
            source.profile(user).filter(profile -> knowsUser(user)).ifPresent(delta::profileAgain);
        }
        Messages message = new Messages(ROOM + delta.length());
        if (notes.self || notes.view) {
            delta.profile(source.profile(node.get()));
            own(message, node.get(), sight);
        }
        delta.writeTo(message);
        if (!delta.profiles.isEmpty() || delta.reroutes) {
            // said before; but `status` of the official client shows users, its exit node and
            // whether routes are not accepted as of the last message that was more than peers
            message.member("CollectServices", FALSE);
        }
        if (notes.view) {
            filters(message, sight);
        }
        if (notes.dns || notes.view) {
            dns(message, node.get(), sight);
        }
        if (notes.derpMap) {
            relays(message);
        }
        return message.isEmpty() ? Optional.empty() : Optional.of(message.done());
    }

    /// What a node is told last that has been deleted: that its key has ended. Clients that only lose their poll try
    /// again forever, those log in.
    Message farewell(Node last) {
        Instant past = context.clock().instant().minusSeconds(1);
        Node ended = last.withMembership(last.membership().withExpiry(Optional.of(past)));
        return new Messages(ROOM).member("Node", selfJson(ended, source.sight(viewer))).done();
    }

    /// Notes down what another view of the policy makes different.
    private void compare(Sight sight, Mailbox.Notes notes) {
        for (long id : sight.visible()) {
            List<IpPrefix> now =
                    source.node(id).map(node -> source.routesFor(sight, node)).orElse(List.of());
            if (!told.contains(id)
                    || !now.equals(routes.getOrDefault(id, List.of()))
                    || context.revisions().hasChangedSince(id, notes.revision)) {
                notes.peer(id, EnumSet.of(Part.WHOLE));
            }
        }
        for (long id : told.all()) {
            if (!sight.sees(id)) {
                notes.peer(id, EnumSet.of(Part.WHOLE));
            }
        }
    }

    private void own(Messages message, Node node, Sight sight) {
        byte[] now = selfJson(node, sight);
        if (!Arrays.equals(now, self)) {
            self = now;
            message.member("Node", now);
            context.counts().add(Kind.SELF_CHANGED);
        }
    }

    private void dns(Messages message, Node node, Sight sight) {
        byte[] now = dnsJson(node, sight);
        if (!Arrays.equals(now, dns)) {
            dns = now;
            message.member("DNSConfig", now);
            context.counts().add(Kind.DNS_CHANGED);
        }
    }

    private void relays(Messages message) {
        DerpMapInfo now = source.derpMap(capabilityVersion);
        if (!now.equals(derpMap)) {
            derpMap = now;
            message.member("DERPMap", ControlJson.write(now));
            context.counts().add(Kind.DERP_MAP_CHANGED);
        }
    }

    /// An empty list has to be written: it blocks everything, while absence leaves all as it was.
    private void filters(Messages message, Sight sight) {
        List<FilterRule> now = sight.filter();
        if (now.equals(filter)) {
            return;
        }
        filter = now;
        List<byte[]> rules = now.stream().map(ControlJson::write).toList();
        message.member("PacketFilters", new Messages(ROOM).list("base", rules).done().json());
        context.counts().add(Kind.FILTERS_CHANGED);
    }

    private byte[] selfJson(Node node, Sight sight) {
        Map<String, @Nullable List<RawJson>> capabilities = new TreeMap<>(context.capabilities());
        capabilities.putAll(sight.attributes());
        NodeWriter.Standing standing =
                new NodeWriter.Standing(
                        source.fqdn(node),
                        source.profile(node).id(),
                        true,
                        node.membership().expired(context.clock().instant()),
                        capabilities);
        return ControlJson.write(NodeWriter.self(node, standing, source.servedRoutes(node.id())));
    }

    private byte[] dnsJson(Node node, Sight sight) {
        return ControlJson.write(context.dns().of(source.dns(), node, sight.attributes()));
    }

    private static byte[] quoted(String text) {
        return ("\"" + text + "\"").getBytes(StandardCharsets.UTF_8);
    }

    /// What one message says about others.
    private final class Delta {
        final Runs changed = new Runs();
        final List<byte[]> removed = new ArrayList<>();
        final List<byte[]> patched = new ArrayList<>();
        final List<byte[]> profiles = new ArrayList<>();
        private final Sight sight;

        /// Whether somebody's routes are others than were told.
        boolean reroutes;

        Delta(Sight sight) {
            this.sight = sight;
        }

        /// Decides what the client has to hear of one node, by what is true now and what it knows.
        void judge(long id, EnumSet<Part> parts) {
            boolean known = told.contains(id);
            if (sight.sees(id)) {
                // before its snapshot is read: who deletes it meanwhile must find us
                told.add(id);
                Optional<Peer> peer = context.fragments().peer(id);
                if (peer.isPresent()) {
                    tell(peer.get(), known, parts);
                    return;
                }
            }
            told.remove(id);
            routes.remove(id);
            ended.remove(id);
            if (known) {
                removed.add(Long.toString(id).getBytes(StandardCharsets.UTF_8));
            }
        }

        private void tell(Peer peer, boolean known, EnumSet<Part> parts) {
            long id = peer.node().id();
            if (known && !parts.contains(Part.WHOLE) && peer.expired() == ended.contains(id)) {
                Optional<byte[]> patch = peer.patch(parts);
                if (patch.isPresent()) {
                    patched.add(patch.get());
                    return;
                }
            }
            List<IpPrefix> now = source.routesFor(sight, peer.node());
            reroutes |= !now.equals(routes.getOrDefault(id, List.of()));
            if (now.isEmpty()) {
                routes.remove(id);
            } else {
                routes.put(id, now);
            }
            if (peer.expired()) {
                ended.add(id);
            } else {
                ended.remove(id);
            }
            UserProfile owner = source.profile(peer.node());
            if (isOnlyOneOfItsOwner(peer.node())) {
                users.remove(owner.id());
            }
            profile(owner);
            changed.add(id, peer.whole(now));
        }

        /// Then the client may have forgotten the owner, as it does with those who have no node when it puts its map
        /// together, and has to hear of them again.
        private boolean isOnlyOneOfItsOwner(Node node) {
            return source.nodesOfOwner(node).stream()
                    .noneMatch(id -> id != node.id() && (id == viewer || told.contains(id)));
        }

        void profile(UserProfile profile) {
            if (users.add(profile.id())) {
                profileAgain(profile);
            }
        }

        void profileAgain(UserProfile profile) {
            profiles.add(ControlJson.write(profile));
        }

        void writeTo(Messages message) {
            message.peersUnlessNone("PeersChanged", changed)
                    .listUnlessEmpty("PeersRemoved", removed)
                    .listUnlessEmpty("PeersChangedPatch", patched)
                    .listUnlessEmpty("UserProfiles", profiles);
            context.counts().add(Kind.PEERS_CHANGED, changed.size());
            context.counts().add(Kind.PEERS_REMOVED, removed.size());
            context.counts().add(Kind.PEERS_PATCHED, patched.size());
            context.counts().add(Kind.PROFILES, profiles.size());
        }

        int length() {
            return length(removed) + length(patched) + length(profiles);
        }

        private static int length(Collection<byte[]> items) {
            return items.stream().mapToInt(item -> item.length + 1).sum();
        }
    }
}
