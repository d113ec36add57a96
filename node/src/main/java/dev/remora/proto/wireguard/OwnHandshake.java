package dev.remora.proto.wireguard;

import dev.remora.base.MalformedException;
import dev.remora.crypto.EphemeralKey;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.proto.noise.SymmetricState.TransportKeys;
import org.jspecify.annotations.Nullable;

/// The handshakes that we begin with one peer: at most one initiation waits for its response.
final class OwnHandshake {
    private final PeerTunnel tunnel;
    private final Shared shared;
    private Handshake.@Nullable Initiated pending;
    private long stampedAt;

    OwnHandshake(PeerTunnel tunnel, Shared shared) {
        this.tunnel = tunnel;
        this.shared = shared;
    }

    /// A new initiation, in place of one that waits; its MACs are still to be made.
    byte[] begin(NodePrivateKey self, NodeKey peer, byte[] staticStatic, long now)
            throws MalformedException {
        drop();
        EphemeralKey ephemeral = EphemeralKey.generate(shared.random());
        int index = shared.index().next();
        Handshake.Initiated initiated =
                Handshake.initiate(
                        shared.aead(), self, peer, staticStatic, ephemeral, index, stamp(now));
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
    Session finish(Message.Response response, NodePrivateKey self, long now)
            throws MalformedException {
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

    /// Waits no longer.
    void drop() {
        if (pending != null) {
            shared.index().removeHandshake(pending.message().sender());
            pending = null;
        }
    }
}
