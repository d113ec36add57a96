package dev.remora.engine.path;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.base.Deadlines;
import dev.remora.proto.disco.TxId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All pings that wait for an answer, of all peers. All wait equally long, so they run out in the order in which they
/// were sent.
final class SentPings {
    static final long TIMEOUT = SECONDS.toNanos(5);

    private final Map<TxId, SentPing> byTxId = new HashMap<>();
    private final ArrayDeque<SentPing> inOrder = new ArrayDeque<>();

    void add(SentPing ping) {
        byTxId.put(ping.txId(), ping);
        inOrder.add(ping);
    }

    /// The ping with this id, null if none is waiting.
    @Nullable SentPing get(TxId txId) {
        return byTxId.get(txId);
    }

    void remove(SentPing ping) {
        byTxId.remove(ping.txId());
    }

    /// Forgets the pings of a peer whose answers mean nothing any more; a user's ping still runs out.
    void forget(PeerPaths peer) {
        byTxId.values().removeIf(ping -> ping.peer() == peer && ping.user() == null);
    }

    /// Takes out the next ping that waited too long, null if there is none.
    @Nullable SentPing takeTimedOut(long now) {
        return nextDeadline() <= now ? byTxId.remove(inOrder.remove().txId()) : null;
    }

    /// When the next one runs out.
    long nextDeadline() {
        while (!inOrder.isEmpty() && !byTxId.containsKey(inOrder.element().txId())) {
            inOrder.remove();
        }
        return inOrder.isEmpty() ? Deadlines.NEVER : inOrder.element().sentAt() + TIMEOUT;
    }
}
