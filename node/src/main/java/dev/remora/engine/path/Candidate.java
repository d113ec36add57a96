package dev.remora.engine.path;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.base.IpPort;
import dev.remora.proto.disco.TxId;
import org.jspecify.annotations.Nullable;

/// A UDP address at which a peer may be reachable, and what became of trying it.
final class Candidate {
    /// How long an address counts that we know only because the peer pinged us from there.
    static final long PING_COUNTS_FOR = SECONDS.toNanos(45);

    /// Pause between two discovery pings to one address.
    static final long PING_EVERY = SECONDS.toNanos(5);

    private static final long NEVER = -1;

    private final IpPort address;
    private boolean inNetmap;
    private boolean called;
    private long pingSentAt = NEVER;
    private long pingReceivedAt = NEVER;
    private @Nullable TxId pingReceived;

    Candidate(IpPort address) {
        this.address = address;
    }

    IpPort address() {
        return address;
    }

    void inNetmap(boolean listed) {
        inNetmap = listed;
    }

    /// Whether the peer named it in its last call-me-maybe.
    boolean called() {
        return called;
    }

    void call() {
        called = true;
    }

    /// Notes a ping from this address.
    ///
    /// @return false if it is the same ping once more
    boolean receivePing(TxId txId, long now) {
        boolean repeated = txId.equals(pingReceived);
        pingReceived = txId;
        pingReceivedAt = now;
        return !repeated;
    }

    void sentPing(long now) {
        pingSentAt = now;
    }

    /// Makes the next discovery ping due at once.
    void forgetPing() {
        pingSentAt = NEVER;
    }

    /// When it may be pinged for discovery; 0 if that was never done.
    long pingDueAt() {
        return pingSentAt == NEVER ? 0 : pingSentAt + PING_EVERY;
    }

    /// Whether nothing speaks for it any longer.
    boolean stale(long now) {
        boolean pinged = pingReceivedAt != NEVER && now - pingReceivedAt <= PING_COUNTS_FOR;
        return !inNetmap && !called && !pinged;
    }
}
