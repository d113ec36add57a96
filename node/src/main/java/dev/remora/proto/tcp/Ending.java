package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.base.Deadlines;
import dev.remora.proto.tcp.TcpEvent.Closed;
import dev.remora.proto.tcp.TcpEvent.Reason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a connection comes to its end (RFC 9293 §3.6), from the first FIN of either side to the last news for its owner.
///
///     ESTABLISHED ── our FIN ──▶ FIN-WAIT-1 ── it is acknowledged ──▶ FIN-WAIT-2 ── their FIN ──▶ TIME-WAIT
///         │                          └── their FIN ──▶ CLOSING ── ours is acknowledged ──────────────▲
///         └── their FIN ──▶ CLOSE-WAIT ── our FIN ──▶ LAST-ACK ── it is acknowledged ──▶ CLOSED
///
/// A reset, a timeout or an abort leads from every state to CLOSED.
final class Ending {
    private static final long ORPHAN_FIN_WAIT = SECONDS.toNanos(60);
    private static final TcpEvent PEER_FINISHED = new TcpEvent.PeerFinished();

    private final TcpConnection connection;
    private final Deadlines<Timer> timers;
    private final SendQueue sendQueue;

    private boolean finQueued;
    private boolean orphaned;
    private boolean finishTold;
    private @Nullable Closed postponed;

    Ending(TcpConnection connection, Deadlines<Timer> timers, SendQueue sendQueue) {
        this.connection = connection;
        this.timers = timers;
        this.sendQueue = sendQueue;
    }

    /// Nothing more may be written.
    boolean finQueued() {
        return finQueued;
    }

    /// The owner has left, and nobody reads what still comes.
    boolean orphaned() {
        return orphaned;
    }

    /// A FIN follows what was written, at once or as soon as the connection is open. True if that is new.
    boolean shutdownOutput(@Nullable Halves halves) {
        if (finQueued || !connection.state().sends()) {
            return false;
        }
        finQueued = true;
        if (halves != null && connection.state().synchronizedState()) {
            queueFin(halves);
        }
        return true;
    }

    /// The owner may have been done before the connection was open.
    void onEstablished(Halves halves) {
        if (finQueued) {
            queueFin(halves);
        }
    }

    private void queueFin(Halves halves) {
        halves.sender().finish();
        boolean second = connection.state() == TcpState.CLOSE_WAIT;
        connection.become(second ? TcpState.LAST_ACK : TcpState.FIN_WAIT_1);
    }

    void orphan() {
        orphaned = true;
    }

    /// A peer that never sends its FIN must not hold a connection that nobody owns.
    void limitFinWait(long now) {
        if (orphaned && connection.state() == TcpState.FIN_WAIT_2) {
            timers.set(Timer.FIN_WAIT, now + ORPHAN_FIN_WAIT);
        }
    }

    /// True if the connection is over with this.
    boolean onFinAcknowledged(Halves halves, long now, TcpOut out) {
        switch (connection.state()) {
            case FIN_WAIT_1 -> {
                connection.become(TcpState.FIN_WAIT_2);
                limitFinWait(now);
            }
            case CLOSING -> enterTimeWait(halves, now, out);
            case LAST_ACK -> finish(Reason.FINISHED, out);
            case SYN_SENT,
                    SYN_RECEIVED,
                    ESTABLISHED,
                    FIN_WAIT_2,
                    CLOSE_WAIT,
                    TIME_WAIT,
                    CLOSED -> {}
        }
        return connection.state().over();
    }

    /// Everything up to the peer's FIN is here.
    void onPeerFinished(Halves halves, long now, TcpOut out) {
        if (finishTold) {
            return;
        }
        switch (connection.state()) {
            case ESTABLISHED -> connection.become(TcpState.CLOSE_WAIT);
            case FIN_WAIT_1 -> connection.become(TcpState.CLOSING);
            case FIN_WAIT_2 -> {
                halves.acknowledge(now, out);
                tellFinish(halves, out);
                enterTimeWait(halves, now, out);
            }
            case SYN_SENT, SYN_RECEIVED, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT, CLOSED -> {}
        }
        tellFinish(halves, out);
    }

    /// The owner has taken bytes; news that waited for that may be told now.
    void onConsumed(Halves halves, TcpOut out) {
        tellFinish(halves, out);
        if (postponed != null && halves.receiver().readable() == 0) {
            tell(postponed, out);
        }
    }

    private void tellFinish(Halves halves, TcpOut out) {
        if (!finishTold && halves.receiver().finished() && halves.receiver().readable() == 0) {
            finishTold = true;
            out.on(connection, PEER_FINISHED);
        }
    }

    private void enterTimeWait(Halves halves, long now, TcpOut out) {
        connection.become(TcpState.TIME_WAIT);
        end(new Closed(Reason.FINISHED, Optional.of(halves.timeWait(now))), out);
    }

    void finish(Reason reason, TcpOut out) {
        connection.become(TcpState.CLOSED);
        end(new Closed(reason, Optional.empty()), out);
    }

    /// Bytes that wait to be read come before the news that the connection is over, unless it ended badly.
    private void end(Closed closed, TcpOut out) {
        timers.clearAll();
        sendQueue.releaseAll();
        if (closed.reason() == Reason.FINISHED && connection.readable() > 0 && !orphaned) {
            postponed = closed;
        } else {
            connection.dropUnread();
            tell(closed, out);
        }
    }

    /// The owner does not want what still waits to be read.
    void release(TcpOut out) {
        if (postponed != null) {
            connection.dropUnread();
            tell(postponed, out);
        }
    }

    private void tell(Closed closed, TcpOut out) {
        postponed = null;
        out.on(connection, closed);
    }
}
