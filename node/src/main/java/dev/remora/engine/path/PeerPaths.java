package dev.remora.engine.path;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.base.Deadlines;
import dev.remora.base.IpPort;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.proto.disco.TxId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The ways to one peer, from the first packet for it on. The best path is an address that answered a ping; while the
/// last answer is younger than [#TRUST] packets go there and nowhere else.
final class PeerPaths {
    /// How long a pong vouches for a path.
    static final long TRUST = MILLISECONDS.toNanos(6500);

    static final long HEARTBEAT_EVERY = SECONDS.toNanos(3);

    /// Without a packet for the peer for so long we let its paths rest.
    static final long ACTIVE_FOR = SECONDS.toNanos(45);

    /// A path as fast as this needs no better one.
    static final long GOOD_ENOUGH = MILLISECONDS.toNanos(5);

    /// Pause between two searches for a path better than one that works.
    static final long UPGRADE_EVERY = SECONDS.toNanos(60);

    /// Pause between two call-me-maybes of a peer that make us ping everything at once.
    static final long CALLED_EVERY = SECONDS.toNanos(1);

    private static final long NEVER = -1;

    private final PathContext context;
    private final Candidates candidates;
    private PathPeer peer;
    private Optional<DiscoKey> disco;

    private @Nullable MeasuredPath best;
    private long trustedUntil = NEVER;
    private long heartbeatAt = Deadlines.NEVER;
    private long searchedAt = NEVER;
    private long nextSearchAt;
    private long calledAt = NEVER;
    private long sentAt = NEVER;
    private long receivedAt = NEVER;
    private Optional<DerpRegionId> heardVia = Optional.empty();

    /// The two answers of [#route], made when what they say changes.
    private PathChoice whileTrusted = PathChoice.NO_PATH;

    private PathChoice otherwise = whileTrusted;

    PeerPaths(PathPeer peer, Optional<DiscoKey> disco, PathContext context) {
        this.peer = peer;
        this.disco = disco;
        this.context = context;
        candidates = new Candidates(peer.endpoints());
        decide();
    }

    NodeKey key() {
        return peer.key();
    }

    Optional<DiscoKey> disco() {
        return disco;
    }

    boolean hasDisco(DiscoKey key) {
        return disco.isPresent() && disco.get().equals(key);
    }

    /// Where a packet for this peer goes now.
    PathChoice route(long now, Consumer<? super PathOutput> out) {
        noteSending(now);
        if (now <= trustedUntil) {
            return whileTrusted;
        }
        search(true, now, out);
        return otherwise;
    }

    private void noteSending(long now) {
        sentAt = now;
        if (heartbeatAt == Deadlines.NEVER) {
            armHeartbeat(now);
        }
    }

    private void armHeartbeat(long now) {
        heartbeatAt = now + HEARTBEAT_EVERY;
        context.heartbeats().arm(this, heartbeatAt);
    }

    /// Whether a heartbeat queued for `at` is still the one we wait for.
    boolean expectsHeartbeat(long at) {
        return heartbeatAt == at;
    }

    void onHeartbeat(long now, Consumer<? super PathOutput> out) {
        heartbeatAt = Deadlines.NEVER;
        if (peer.expired() || !active(now)) {
            return;
        }
        if (best != null) {
            ping(best.to(), now, out);
        }
        if (wantsSearch(now)) {
            search(true, now, out);
        }
        armHeartbeat(now);
    }

    private boolean wantsSearch(long now) {
        return best == null
                || now > trustedUntil
                || searchedAt == NEVER
                || best.latency() > GOOD_ENOUGH && now - searchedAt >= UPGRADE_EVERY;
    }

    /// Pings every candidate that has had its pause, and asks the peer to do the same.
    private void search(boolean callMeMaybe, long now, Consumer<? super PathOutput> out) {
        if (now < nextSearchAt || disco.isEmpty()) {
            return;
        }
        searchedAt = now;
        nextSearchAt = now + Candidate.PING_EVERY;
        candidates.removeStale(now, address -> onGone(address, out));
        boolean sent = false;
        for (Candidate candidate : candidates.all()) {
            if (!context.ownEndpoints().canSendTo(candidate.address())) {
                continue;
            }
            if (candidate.pingDueAt() <= now) {
                ping(candidate.address(), now, out);
                sent = true;
            }
            nextSearchAt = Math.min(nextSearchAt, candidate.pingDueAt());
        }
        if (sent && callMeMaybe && relay().isPresent()) {
            context.callMeMaybe(this, now, out);
        }
    }

    private void ping(IpPort to, long now, Consumer<? super PathOutput> out) {
        Candidate candidate = candidates.at(to);
        if (candidate != null) {
            candidate.sentPing(now);
        }
        context.sender().ping(this, new PeerPath.Direct(to), 0, null, now, out);
    }

    /// A user wants to know: over the trusted path if there is one whose packets may be so large, else over all.
    void ping(UserPing user, int size, long now, Consumer<? super PathOutput> out) {
        noteSending(now);
        MeasuredPath trusted = now <= trustedUntil ? best : null;
        if (trusted != null && DiscoSender.ipLength(trusted.to(), size) <= trusted.mtu()) {
            context.sender().ping(this, new PeerPath.Direct(trusted.to()), size, user, now, out);
            return;
        }
        relay().ifPresent(via -> ping(new PeerPath.Relayed(via), user, size, now, out));
        for (Candidate candidate : candidates.all()) {
            if (context.ownEndpoints().canSendTo(candidate.address())) {
                ping(new PeerPath.Direct(candidate.address()), user, size, now, out);
            }
        }
        if (trusted == null) {
            search(true, now, out);
        }
    }

    private void ping(
            PeerPath to, UserPing user, int size, long now, Consumer<? super PathOutput> out) {
        context.sender().ping(this, to, size, user, now, out);
    }

    /// Notes where a ping came from. Nothing is pinged back: whether the other direction works is for the peer's
    /// next search, or ours, to find out.
    ///
    /// @return false if it is the same ping once more
    boolean onPing(IpPort from, TxId txId, long now, Consumer<? super PathOutput> out) {
        boolean known = candidates.at(from) != null;
        boolean fresh = candidates.pingedFrom(from, txId, now, address -> onGone(address, out));
        if (!known) {
            nextSearchAt = 0;
        }
        return fresh;
    }

    /// The answer to a ping counts for the address that was pinged, from wherever it came.
    void onPong(SentPing ping, long now, Consumer<? super PathOutput> out) {
        if (!(ping.to() instanceof PeerPath.Direct(var to)) || candidates.at(to) == null) {
            return;
        }
        long latency = now - ping.sentAt();
        MeasuredPath measured = new MeasuredPath(to, latency, ping.mtu());
        if (best == null || now > trustedUntil || measured.betterThan(best)) {
            become(measured, out);
        }
        if (best != null && best.to().equals(to)) {
            best = best.withLatency(latency);
            trustedUntil = now + TRUST;
        }
    }

    /// No answer came in time.
    void onPingTimeout(SentPing ping, long now, Consumer<? super PathOutput> out) {
        if (ping.to() instanceof PeerPath.Direct(var to) && now > trustedUntil) {
            loseBest(to, out);
        }
    }

    /// The peer has just pinged these addresses of ours and waits at those of its own. Its firewall is open for our
    /// pings now, so none may wait for its pause; and we never answer with a call-me-maybe of our own, or two nodes
    /// would call each other for ever.
    void onCallMeMaybe(List<IpPort> endpoints, long now, Consumer<? super PathOutput> out) {
        candidates.peerCalls(endpoints, now, address -> onGone(address, out));
        if (calledAt == NEVER || now - calledAt >= CALLED_EVERY) {
            calledAt = now;
            candidates.all().forEach(Candidate::forgetPing);
        }
        nextSearchAt = 0;
        search(false, now, out);
    }

    void onReceived(PathSource source, long now) {
        receivedAt = now;
        if (source instanceof PathSource.Relayed(var via, _)
                && !(heardVia.isPresent() && heardVia.get().equals(via))) {
            heardVia = Optional.of(via);
            decide();
        }
    }

    /// The system could not send to this address.
    void onUnreachable(IpPort address, Consumer<? super PathOutput> out) {
        loseBest(address, out);
    }

    /// The netmap says something new of the peer.
    void onPeer(PathPeer peer, long now, Consumer<? super PathOutput> out) {
        boolean listChanged = !peer.endpoints().equals(this.peer.endpoints());
        Optional<PeerPath> before = path();
        this.peer = peer;
        decide();
        tellIfMoved(before, out);
        if (listChanged) {
            candidates.netmapLists(peer.endpoints(), now, address -> onGone(address, out));
            nextSearchAt = 0;
        }
    }

    /// The peer runs in a new process: nothing that was found out holds, except what the netmap lists.
    void onDiscoChanged(Optional<DiscoKey> disco, Consumer<? super PathOutput> out) {
        this.disco = disco;
        candidates.forgetLearned(peer.endpoints());
        reset(out);
    }

    /// The peer is gone from the netmap: no heartbeat any more, and no answer counts.
    void retire() {
        heartbeatAt = Deadlines.NEVER;
        disco = Optional.empty();
    }

    /// Our own link is another: nothing that was measured holds.
    void reset(Consumer<? super PathOutput> out) {
        context.sentPings().forget(this);
        candidates.all().forEach(Candidate::forgetPing);
        nextSearchAt = 0;
        searchedAt = NEVER;
        calledAt = NEVER;
        become(null, out);
    }

    private void onGone(IpPort address, Consumer<? super PathOutput> out) {
        loseBest(address, out);
    }

    private void loseBest(IpPort address, Consumer<? super PathOutput> out) {
        if (best != null && best.to().equals(address)) {
            become(null, out);
        }
    }

    private void become(@Nullable MeasuredPath path, Consumer<? super PathOutput> out) {
        Optional<PeerPath> before = path();
        best = path;
        if (path == null) {
            trustedUntil = NEVER;
        }
        decide();
        tellIfMoved(before, out);
    }

    private void tellIfMoved(Optional<PeerPath> before, Consumer<? super PathOutput> out) {
        if (!path().equals(before)) {
            out.accept(new PathOutput.PathChanged(key(), path()));
        }
    }

    /// Prepares the two answers of [#route].
    private void decide() {
        IpPort to = best == null ? null : best.to();
        DerpRegionId via = relay().orElse(null);
        whileTrusted = choice(to, null);
        otherwise = choice(to, via);
    }

    private static PathChoice choice(@Nullable IpPort to, @Nullable DerpRegionId via) {
        if (to != null) {
            return via == null ? new PathChoice.Direct(to) : new PathChoice.Both(to, via);
        }
        return via == null ? PathChoice.NO_PATH : new PathChoice.Relayed(via);
    }

    /// Where the peer waits to be called; failing that, where it was last heard.
    Optional<DerpRegionId> relay() {
        return peer.home().or(() -> heardVia);
    }

    private boolean active(long now) {
        return sentAt != NEVER && now - sentAt <= ACTIVE_FOR;
    }

    private Optional<PeerPath> path() {
        return best == null
                ? relay().map(PeerPath.Relayed::new)
                : Optional.of(new PeerPath.Direct(best.to()));
    }

    PathStatus status(long now) {
        MeasuredPath trusted = now <= trustedUntil ? best : null;
        return new PathStatus(
                Optional.ofNullable(trusted).map(MeasuredPath::to),
                relay(),
                active(now),
                trusted == null ? OptionalLong.empty() : OptionalLong.of(trusted.latency()),
                time(sentAt),
                time(receivedAt));
    }

    private static OptionalLong time(long at) {
        return at == NEVER ? OptionalLong.empty() : OptionalLong.of(at);
    }
}
