package dev.remora.proto.wireguard;

import dev.remora.base.Bytes;
import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// All tunnels of one node: a machine for one thread, driven by packets, datagrams and time.
///
/// A peer costs nothing until the first packet goes to it or it proves to be there by a valid initiation, and nothing
/// again after nine minutes without a new session. Which way datagrams travel is not known here: they leave for a
/// [NodeKey] and come from a [Source].
///
/// Buffers are direct and big-endian, and the machine works in them in place: whatever was passed in belongs to it, and
/// what it puts out belongs to who takes it.
public final class WireGuard {
    /// How many bytes a packet to be sent needs before it, in the same memory.
    public static final int HEADROOM = Session.HEADER;

    /// How many bytes a packet to be sent needs behind it, in the same memory.
    public static final int TAILROOM = Session.TRAILER;

    private final Shared shared;
    private final Map<NodeKey, PeerTunnel> tunnels = new HashMap<>();
    private final WakeQueue wakes = new WakeQueue();
    private final HandshakeLoad load = new HandshakeLoad();
    private NodePrivateKey self;
    private CookieChecker cookies;
    private long tunnelsMade;

    /// @param random a cryptographic source, outside of tests
    /// @param epochOffset nanoseconds from 1970 to this machine's time 0, asked for each initiation
    /// @param mtu the inner packets' limit, to which padding keeps
    public WireGuard(
            NodePrivateKey self,
            Aead aead,
            RandomGenerator random,
            LongSupplier epochOffset,
            Peers peers,
            int mtu) {
        this.self = self;
        this.cookies = new CookieChecker(self.publicKey(), random);
        this.shared =
                new Shared(
                        aead,
                        random,
                        epochOffset,
                        peers,
                        mtu,
                        new SessionIndex(random),
                        new StagedPackets.Total(),
                        new Shared.Drops());
    }

    /// Sends an inner packet, which stands between the buffer's position and limit with [#HEADROOM] before it and
    /// [#TAILROOM] behind. It is sealed in place and comes out as the same buffer; without a session it is copied, and
    /// waits for the handshake that begins now.
    public void send(NodeKey peer, ByteBuffer packet, long now, Consumer<? super Output> out) {
        try {
            PeerTunnel tunnel = tunnels.get(peer);
            if (tunnel == null) {
                tunnel = open(peer);
            }
            tunnel.send(packet, now, out);
            wakes.update(tunnel);
        } catch (MalformedException e) {
            drop(DropReason.UNUSABLE_KEY, out);
        }
    }

    /// Begins a handshake although no packet waits for it, unless there is a session to send on.
    ///
    /// @param insist without waiting the usual 5 s for the answer to an earlier initiation: the peer had no way back for it, but has one now. For callers
    ///     that do so a few times only.
    public void begin(NodeKey peer, boolean insist, long now, Consumer<? super Output> out) {
        try {
            PeerTunnel tunnel = tunnels.get(peer);
            if (tunnel == null) {
                tunnel = open(peer);
            }
            tunnel.begin(insist, now, out);
            wakes.update(tunnel);
        } catch (MalformedException e) {
            drop(DropReason.UNUSABLE_KEY, out);
        }
    }

    PeerTunnel open(NodeKey peer) throws MalformedException {
        PeerTunnel tunnel = new PeerTunnel(peer, self, shared, tunnelsMade++);
        tunnels.put(peer, tunnel);
        return tunnel;
    }

    /// Takes a datagram as it came in, from any path; nothing in it can do more harm than be dropped.
    public void receive(
            Source source, ByteBuffer datagram, long now, Consumer<? super Output> out) {
        if (datagram.remaining() < Message.MIN_LENGTH) {
            drop(DropReason.TOO_SHORT, out);
            return;
        }
        switch (Message.type(datagram)) {
            case Message.TRANSPORT -> onTransport(source, datagram, now, out);
            case Message.INITIATION -> {
                if (hasLength(datagram, Message.Initiation.LENGTH, out)) {
                    onInitiation(source, Bytes.take(datagram, Message.Initiation.LENGTH), now, out);
                }
            }
            case Message.RESPONSE -> {
                if (hasLength(datagram, Message.Response.LENGTH, out)) {
                    onResponse(source, Bytes.take(datagram, Message.Response.LENGTH), now, out);
                }
            }
            case Message.COOKIE -> {
                if (hasLength(datagram, Message.CookieReply.LENGTH, out)) {
                    onCookie(Bytes.take(datagram, Message.CookieReply.LENGTH), now, out);
                }
            }
            default -> drop(DropReason.UNKNOWN_TYPE, out);
        }
    }

    private boolean hasLength(ByteBuffer datagram, int length, Consumer<? super Output> out) {
        if (datagram.remaining() != length) {
            drop(DropReason.WRONG_LENGTH, out);
            return false;
        }
        return true;
    }

    private void onTransport(
            Source source, ByteBuffer datagram, long now, Consumer<? super Output> out) {
        Session session = shared.index().session(Session.receiver(datagram));
        if (session == null) {
            drop(DropReason.UNKNOWN_INDEX, out);
            out.accept(new Output.NoSession(source));
            return;
        }
        session.tunnel().onTransport(session, datagram, source, now, out);
        wakes.update(session.tunnel());
    }

    private void onInitiation(Source source, byte[] bytes, long now, Consumer<? super Output> out) {
        Message.Initiation message = Message.Initiation.parse(bytes);
        if (!admits(bytes, message.sender(), source, now, out)) {
            return;
        }
        try {
            Handshake.Opened opened = Handshake.open(shared.aead(), self, message);
            if (shared.peers().isKnown(opened.peer())) {
                onOpened(opened, source, now, out);
            } else {
                drop(DropReason.UNKNOWN_PEER, out);
            }
        } catch (MalformedException e) {
            drop(DropReason.BAD_HANDSHAKE, out);
        }
    }

    private void onOpened(
            Handshake.Opened opened, Source source, long now, Consumer<? super Output> out)
            throws MalformedException {
        PeerTunnel known = tunnels.get(opened.peer());
        PeerTunnel tunnel =
                known == null ? new PeerTunnel(opened.peer(), self, shared, tunnelsMade++) : known;
        byte[] stamp = opened.stamp(tunnel.staticStatic());
        // Only from here on is it certain that the peer itself sent this.
        if (tunnel.onInitiation(opened, stamp, source, now, out)) {
            tunnels.putIfAbsent(opened.peer(), tunnel);
            wakes.update(tunnel);
        }
    }

    private void onResponse(Source source, byte[] bytes, long now, Consumer<? super Output> out) {
        Message.Response response = Message.Response.parse(bytes);
        if (!admits(bytes, response.sender(), source, now, out)) {
            return;
        }
        PeerTunnel tunnel = shared.index().handshake(response.receiver());
        if (tunnel == null) {
            drop(DropReason.UNKNOWN_INDEX, out);
            return;
        }
        try {
            tunnel.onResponse(response, source, now, out);
            wakes.update(tunnel);
        } catch (MalformedException e) {
            drop(DropReason.BAD_HANDSHAKE, out);
        }
    }

    /// Whether a handshake message is worth the arithmetic: it must be meant for our key, and when there are many, its
    /// sender must have shown that it is where it says.
    private boolean admits(
            byte[] message, int sender, Source source, long now, Consumer<? super Output> out) {
        if (!cookies.mac1Fits(message)) {
            drop(DropReason.WRONG_MAC1, out);
            return false;
        }
        if (!load.isUnderLoadAfterOneMore(now)) {
            return true;
        }
        if (!cookies.mac2Fits(message, source, now)) {
            byte[] reply = cookies.reply(sender, message, source, now).toBytes();
            drop(DropReason.COOKIE_DEMANDED, out);
            out.accept(new Output.Reply(source, PeerTunnel.direct(reply)));
            return false;
        }
        if (!load.permits(source, now)) {
            drop(DropReason.RATE_LIMITED, out);
            return false;
        }
        return true;
    }

    private void onCookie(byte[] bytes, long now, Consumer<? super Output> out) {
        Message.CookieReply reply = Message.CookieReply.parse(bytes);
        PeerTunnel tunnel = shared.index().owner(reply.receiver());
        if (tunnel == null) {
            drop(DropReason.UNKNOWN_INDEX, out);
            return;
        }
        try {
            tunnel.onCookie(reply, now);
        } catch (MalformedException e) {
            drop(DropReason.BAD_COOKIE, out);
        }
    }

    /// When [#onTimer] wants to be called next; [dev.remora.base.Deadlines#NEVER] if at no time.
    public long nextDeadline() {
        return wakes.next();
    }

    public void onTimer(long now, Consumer<? super Output> out) {
        for (PeerTunnel due = wakes.pollDue(now); due != null; due = wakes.pollDue(now)) {
            if (due.onTimer(now, out)) {
                wakes.update(due);
            } else {
                tunnels.remove(due.peer());
                out.accept(new Output.PeerIdle(due.peer()));
            }
        }
    }

    /// The peer left the tailnet: all that is known of it goes.
    public void forget(NodeKey peer, Consumer<? super Output> out) {
        PeerTunnel tunnel = tunnels.remove(peer);
        if (tunnel != null) {
            tunnel.erase(DropReason.FORGOTTEN, out);
            wakes.remove(tunnel);
        }
    }

    /// The peer's process was started anew, as its new disco key tells, so it has none of our sessions: the next packet,
    /// or one that waits already, begins a handshake. Not to be called for what a packet of the new session told.
    public void reset(NodeKey peer, long now, Consumer<? super Output> out) {
        PeerTunnel tunnel = tunnels.get(peer);
        if (tunnel == null) {
            return;
        }
        if (tunnel.reset(now, out)) {
            wakes.update(tunnel);
        } else {
            tunnels.remove(peer);
            wakes.remove(tunnel);
        }
    }

    /// Goes on under a new node key. What is under way can still be opened; what is sent next begins new handshakes.
    public void rotate(NodePrivateKey newSelf) {
        self = newSelf;
        cookies = new CookieChecker(newSelf.publicKey(), shared.random());
        for (PeerTunnel tunnel : List.copyOf(tunnels.values())) {
            try {
                tunnel.rotate(newSelf);
            } catch (MalformedException e) {
                throw new IllegalStateException("a tunnel's peer has a sound key", e);
            }
        }
    }

    /// How much was dropped for this reason so far.
    public long dropped(DropReason reason) {
        return shared.drops().count(reason);
    }

    /// What is known of the tunnel to a peer; empty if there is none now.
    public Optional<TunnelStats> stats(NodeKey peer, long now) {
        return Optional.ofNullable(tunnels.get(peer)).map(tunnel -> tunnel.stats(now));
    }

    /// How many peers have a tunnel now.
    public int size() {
        return tunnels.size();
    }

    @Nullable PeerTunnel tunnel(NodeKey peer) {
        return tunnels.get(peer);
    }

    int indices() {
        return shared.index().size();
    }

    private void drop(DropReason reason, Consumer<? super Output> out) {
        shared.drops().drop(reason, out);
    }
}
