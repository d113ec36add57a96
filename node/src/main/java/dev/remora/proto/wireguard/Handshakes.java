package dev.remora.proto.wireguard;

import dev.remora.base.MalformedException;
import dev.remora.crypto.EphemeralKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.proto.noise.SymmetricState.TransportKeys;
import org.jspecify.annotations.Nullable;

/// The handshakes with one peer, and the sessions they make: ours, of which at most one initiation waits for its response, and our answers to the peer's.
final class Handshakes {
    private final PeerTunnel tunnel;
    private final Shared shared;
    private NodePrivateKey self;

    /// The Diffie-Hellman result of the two static keys: half the work of an initiation.
    private byte[] staticStatic;

    private Handshake.@Nullable Initiated pending;
    private long stampedAt;

    /// A session that may be used as soon as the peer does, and the message that tells it so; its MACs are still to be made.
    record Answer(Session session, byte[] message) {}

    /// @throws MalformedException if the peer's key is of low order
    Handshakes(PeerTunnel tunnel, NodePrivateKey self, Shared shared) throws MalformedException {
        this.tunnel = tunnel;
        this.shared = shared;
        this.self = self;
        this.staticStatic = self.agree(tunnel.peer().bytes());
    }

    byte[] staticStatic() {
        return staticStatic;
    }

    /// We have another key from now on.
    ///
    /// @throws MalformedException if the peer's key is of low order
    void rotate(NodePrivateKey newSelf) throws MalformedException {
        staticStatic = newSelf.agree(tunnel.peer().bytes());
        self = newSelf;
        drop();
    }

    /// A new initiation, in place of one that waits; its MACs are still to be made.
    byte[] begin(long now) throws MalformedException {
        drop();
        EphemeralKey ephemeral = EphemeralKey.generate(shared.random());
        int index = shared.index().next();
        Handshake.Initiated initiated =
                Handshake.initiate(
                        shared.aead(),
                        self,
                        tunnel.peer(),
                        staticStatic,
                        ephemeral,
                        index,
                        stamp(now));
        shared.index().addHandshake(index, tunnel);
        pending = initiated;
        return initiated.message().toBytes();
    }

    /// Never goes back, even if the clock does: the peer would refuse us until it has caught up.
    private byte[] stamp(long now) {
        long clock = shared.epochOffset().getAsLong() + now;
        stampedAt = Math.max(clock, stampedAt + Tai64n.GRANULE);
        return Tai64n.of(stampedAt);
    }

    /// The session that a response makes of the pending initiation.
    ///
    /// @throws MalformedException if it is not the response to it, which waits on then
    Session finish(Message.Response response, long now) throws MalformedException {
        if (pending == null) {
            throw new MalformedException("no handshake is pending");
        }
        TransportKeys keys = pending.finish(response, self, Handshake.NO_PRESHARED_KEY);
        int index = pending.message().sender();
        drop();
        return new Session(
                tunnel,
                shared.aead(),
                keys.initiatorSends(),
                keys.responderSends(),
                index,
                response.sender(),
                true,
                now);
    }

    /// What an initiation of the peer's leads to. Our own, if one is pending, stays good: should its response come, both sides
    /// have two sessions for a while instead of none, when both began at the same moment.
    Answer answer(Handshake.Opened initiation, long now) throws MalformedException {
        EphemeralKey ephemeral = EphemeralKey.generate(shared.random());
        int index = shared.index().next();
        Handshake.Answered answered =
                initiation.answer(ephemeral, index, Handshake.NO_PRESHARED_KEY);
        TransportKeys keys = answered.keys();
        Session session =
                new Session(
                        tunnel,
                        shared.aead(),
                        keys.responderSends(),
                        keys.initiatorSends(),
                        index,
                        initiation.message().sender(),
                        false,
                        now);
        return new Answer(session, answered.message().toBytes());
    }

    /// Waits no longer.
    void drop() {
        if (pending != null) {
            shared.index().removeHandshake(pending.message().sender());
            pending = null;
        }
    }
}
