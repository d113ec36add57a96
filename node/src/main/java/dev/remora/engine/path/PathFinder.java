package dev.remora.engine.path;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.base.IpPort;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.NodeKey;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Knows the way to every peer. See the package's front page for how it is found, kept and left.
///
/// A machine: it sends nothing and waits for nothing, `now` is nanoseconds since the node started, and what is to be
/// done comes out of `out`, which never calls back. Not for several threads.
public final class PathFinder {
    /// Pause between two attempts to open the sockets anew: one that always fails must not keep us busy.
    static final long REBIND_EVERY = SECONDS.toNanos(5);

    private static final long NEVER = -1;

    private final PeerTable peers = new PeerTable();
    private final AddressIndex addresses = new AddressIndex();
    private final SentPings sentPings = new SentPings();
    private final OwnEndpoints ownEndpoints;
    private final DiscoSender sender;
    private final PathContext context;
    private final DiscoReceiver receiver;
    private long activeAt = NEVER;
    private long rebindAt = NEVER;

    /// @param self made for this run of the process
    /// @param selfNode this node's key, which pings carry
    /// @param random must be a cryptographic source outside of tests
    public PathFinder(DiscoPrivateKey self, NodeKey selfNode, RandomGenerator random) {
        ownEndpoints = new OwnEndpoints(random);
        sender = new DiscoSender(self, selfNode, random, sentPings);
        context = new PathContext(sender, sentPings, ownEndpoints);
        receiver = new DiscoReceiver(peers, addresses, context);
    }

    /// Our own node key is another now.
    public void onSelfNode(NodeKey selfNode) {
        sender.selfNode(selfNode);
    }

    /// A peer is new, or the netmap says something else of it.
    public void onPeerChanged(PathPeer peer, long now, Consumer<? super PathOutput> out) {
        KnownPeer known = peers.get(peer.key());
        if (known == null) {
            boolean first = peers.all().isEmpty();
            peers.add(new KnownPeer(peer, context));
            if (first) {
                ownEndpoints.search(EndpointSearch.FIRST_PEERS, now, out);
            }
            return;
        }
        if (known.told().equals(peer)) {
            return;
        }
        Optional<DiscoKey> toldBefore = known.told().disco();
        known.told(peer);
        PeerPaths paths = known.pathsIfUsed();
        if (paths != null) {
            paths.onPeer(peer, now, out);
        }
        if (!peer.disco().equals(toldBefore)) {
            boolean restarted = toldBefore.isPresent() && peer.disco().isPresent();
            if (changeDisco(known, peer.disco(), out) && restarted) {
                out.accept(new PathOutput.PeerRestarted(peer.key()));
            }
        }
    }

    public void onPeerRemoved(NodeKey key) {
        KnownPeer known = peers.get(key);
        if (known == null) {
            return;
        }
        peers.remove(known);
        addresses.removePeer(key);
        known.disco().ifPresent(this::forgetIfNobodys);
        PeerPaths paths = known.pathsIfUsed();
        if (paths != null) {
            paths.retire();
            context.forget(paths);
        }
    }

    /// The peer told its new disco key itself, inside a WireGuard session, so sooner than the netmap does.
    public void onDiscoKey(NodeKey peer, DiscoKey disco, Consumer<? super PathOutput> out) {
        KnownPeer known = peers.get(peer);
        if (known != null && !disco.isZero()) {
            changeDisco(known, Optional.of(disco), out);
        }
    }

    private boolean changeDisco(
            KnownPeer known, Optional<DiscoKey> disco, Consumer<? super PathOutput> out) {
        Optional<DiscoKey> old = known.disco();
        if (old.equals(disco)) {
            return false;
        }
        peers.changeDisco(known, disco);
        old.ifPresent(this::forgetIfNobodys);
        PeerPaths paths = known.pathsIfUsed();
        if (paths != null) {
            paths.onDiscoChanged(disco, out);
        }
        return true;
    }

    private void forgetIfNobodys(DiscoKey disco) {
        if (peers.withDisco(disco).isEmpty()) {
            sender.forget(disco);
        }
    }

    /// Where a packet for this peer goes now. To be asked for every packet or batch; asking keeps the paths alive.
    public PathChoice route(NodeKey key, long now, Consumer<? super PathOutput> out) {
        KnownPeer peer = peers.get(key);
        if (peer == null) {
            return PathChoice.UNKNOWN_PEER;
        }
        if (peer.told().expired()) {
            return PathChoice.KEY_EXPIRED;
        }
        if (activeAt == NEVER || now - activeAt > PeerPaths.ACTIVE_FOR) {
            ownEndpoints.onActive(now);
        }
        activeAt = now;
        return peer.paths().route(now, out);
    }

    /// The peer behind a UDP address, if that is proven.
    public Optional<NodeKey> peerAt(IpPort source) {
        return addresses.peerAt(source);
    }

    /// WireGuard has proven that this peer sent something from there. It does not change where packets go: the source
    /// of a packet says nothing about the way back.
    public void onIdentified(NodeKey peer, PathSource source, long now) {
        if (source instanceof PathSource.Direct(var from) && peers.get(peer) != null) {
            addresses.bind(from, peer);
        }
        onReceived(peer, source, now);
    }

    /// Something proven to be from this peer arrived.
    public void onReceived(NodeKey peer, PathSource source, long now) {
        KnownPeer known = peers.get(peer);
        if (known != null) {
            known.paths().onReceived(source, now);
        }
    }

    /// A disco packet arrived. Its bytes are only read.
    public void onDisco(
            PathSource source, ByteBuffer packet, long now, Consumer<? super PathOutput> out) {
        receiver.onPacket(source, packet, now, out);
    }

    /// A datagram to this address could not be sent.
    public void onSendFailed(
            IpPort to, SendFailure failure, long now, Consumer<? super PathOutput> out) {
        switch (failure) {
            case UNREACHABLE -> {
                PeerPaths paths = pathsAt(to);
                if (paths != null) {
                    paths.onUnreachable(to, out);
                }
            }
            case SOCKET_BROKEN -> {
                if (rebindAt == NEVER || now - rebindAt >= REBIND_EVERY) {
                    rebindAt = now;
                    out.accept(new PathOutput.RebindWanted());
                }
            }
        }
    }

    private @Nullable PeerPaths pathsAt(IpPort address) {
        KnownPeer peer = peerAt(address).map(peers::get).orElse(null);
        return peer == null ? null : peer.pathsIfUsed();
    }

    /// A user's `ping`. The answer, or that there is none, comes out later with the same token.
    ///
    /// @param size of the disco packet in bytes, 0 for the smallest
    public void ping(
            NodeKey key, long token, int size, long now, Consumer<? super PathOutput> out) {
        KnownPeer peer = peers.get(key);
        if (peer == null) {
            out.accept(new PathOutput.PingFailed(token, key, "no such peer"));
        } else if (peer.told().expired()) {
            out.accept(new PathOutput.PingFailed(token, key, "the peer's key has expired"));
        } else if (peer.disco().isEmpty()) {
            out.accept(new PathOutput.PingFailed(token, key, "the peer has no disco key"));
        } else {
            ping(peer, new UserPing(token, key), size, now, out);
        }
    }

    private void ping(
            KnownPeer peer, UserPing user, int size, long now, Consumer<? super PathOutput> out) {
        activeAt = now;
        peer.paths().ping(user, size, now, out);
        if (!user.sent()) {
            String reason = "no address and no relay to try";
            out.accept(new PathOutput.PingFailed(user.token(), user.peer(), reason));
        }
    }

    /// The interfaces' addresses or our sockets, at the start and whenever they change.
    public void onLocalSockets(LocalSockets sockets, long now, Consumer<? super PathOutput> out) {
        ownEndpoints.onLocalSockets(sockets, now, out);
    }

    /// Ends the search that [PathOutput.EndpointsWanted] began, also when nothing was found.
    ///
    /// @param seen the addresses STUN servers saw us at, IPv4 before IPv6, in each the best first
    /// @param mappingVaries our NAT shows another port to another destination
    public void onStunEndpoints(
            List<IpPort> seen, boolean mappingVaries, long now, Consumer<? super PathOutput> out) {
        ownEndpoints.onStunEndpoints(seen, mappingVaries, now, out);
        context.callAllWaiting(out);
    }

    /// There is another reason to look for our endpoints.
    public void searchEndpoints(EndpointSearch why, long now, Consumer<? super PathOutput> out) {
        ownEndpoints.search(why, now, out);
    }

    /// The network is another, or the sockets were reopened: what was measured is void.
    public void onLinkChange(long now, Consumer<? super PathOutput> out) {
        for (KnownPeer peer : peers.all()) {
            PeerPaths paths = peer.pathsIfUsed();
            if (paths != null) {
                paths.reset(out);
            }
        }
        ownEndpoints.search(EndpointSearch.LINK_CHANGE, now, out);
    }

    /// Our own endpoints as control and peers are told.
    public List<Endpoint> ownEndpoints() {
        return ownEndpoints.current();
    }

    /// What is known of the way to a peer; empty if there is no such peer, or it was never talked to.
    public Optional<PathStatus> status(NodeKey key, long now) {
        KnownPeer peer = peers.get(key);
        PeerPaths paths = peer == null ? null : peer.pathsIfUsed();
        return Optional.ofNullable(paths).map(used -> used.status(now));
    }

    /// When [#onTimer] wants to be called next, `Long.MAX_VALUE` if never.
    public long nextDeadline() {
        long pathDeadline = Math.min(sentPings.nextDeadline(), context.heartbeats().nextDeadline());
        return Math.min(pathDeadline, ownEndpoints.nextDeadline());
    }

    public void onTimer(long now, Consumer<? super PathOutput> out) {
        for (SentPing lost; (lost = sentPings.takeTimedOut(now)) != null; ) {
            onPingTimeout(lost, now, out);
        }
        for (PeerPaths due; (due = context.heartbeats().takeDue(now)) != null; ) {
            due.onHeartbeat(now, out);
        }
        boolean active = activeAt != NEVER && now - activeAt <= PeerPaths.ACTIVE_FOR;
        if (ownEndpoints.onTimer(active, now, out)) {
            context.callAllWaiting(out);
        }
    }

    private static void onPingTimeout(SentPing lost, long now, Consumer<? super PathOutput> out) {
        lost.peer().onPingTimeout(lost, now, out);
        UserPing user = lost.user();
        if (user != null && user.loseOne()) {
            out.accept(new PathOutput.PingTimedOut(user.token(), user.peer()));
        }
    }
}
