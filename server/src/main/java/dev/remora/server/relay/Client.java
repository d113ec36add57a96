package dev.remora.server.relay;

import dev.remora.crypto.NodeKey;
import java.util.HashSet;
import java.util.Set;

/// One connection of a client that was admitted. A client may have several at a time; together they are a [Seat].
final class Client {
    private static final double NOTICES_PER_SECOND = 1;
    private static final double NOTICES_AT_ONCE = 3;

    private final NodeKey key;
    private final Outbox outbox;
    private final TokenBucket notices;
    private final Set<Seat> heard = new HashSet<>(0);

    Client(NodeKey key, Outbox outbox, long now) {
        this.key = key;
        this.outbox = outbox;
        this.notices = new TokenBucket(NOTICES_PER_SECOND, NOTICES_AT_ONCE, now);
    }

    NodeKey key() {
        return key;
    }

    Outbox outbox() {
        return outbox;
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
