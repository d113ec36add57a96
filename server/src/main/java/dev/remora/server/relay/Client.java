package dev.remora.server.relay;

import dev.remora.base.IpPort;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.derp.MeshFrame;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// One connection of a client that was admitted. A client may have several at a time; together they are a [Seat].
final class Client {
    private static final double NOTICES_PER_SECOND = 1;
    private static final double NOTICES_AT_ONCE = 3;

    /// What a client is to the relays that watch ours.
    enum Kind {
        NODE(1),
        MESH_PEER(2),
        PROBER(4);

        private final int flag;

        Kind(int flag) {
            this.flag = flag;
        }
    }

    private final NodeKey key;
    private final Kind kind;
    private final IpPort from;
    private final Outbox outbox;
    private final Runnable hangUp;
    private final TokenBucket notices;
    private final Set<Seat> heard = new HashSet<>(0);

    Client(Admission.Arrival arrival, Kind kind, Outbox outbox, Runnable hangUp, long now) {
        this.key = arrival.key();
        this.kind = kind;
        this.from = arrival.from();
        this.outbox = outbox;
        this.hangUp = hangUp;
        this.notices = new TokenBucket(NOTICES_PER_SECOND, NOTICES_AT_ONCE, now);
    }

    NodeKey key() {
        return key;
    }

    /// Whether it knows the region's secret, and may say what nodes may not.
    boolean isMeshPeer() {
        return kind == Kind.MESH_PEER;
    }

    /// What watching relays are told of it.
    MeshFrame.PeerPresent presence() {
        return new MeshFrame.PeerPresent(key, Optional.of(from), kind.flag);
    }

    Outbox outbox() {
        return outbox;
    }

    void hangUp() {
        hangUp.run();
    }

    /// The clients whose packets it got, and of whose leaving it is to be told.
    Set<Seat> heard() {
        return heard;
    }

    /// Whether it may be told now that somebody is not here: asking is free, so answering is not done at any rate.
    boolean takeNotice(long now) {
        return notices.take(now);
    }
}
