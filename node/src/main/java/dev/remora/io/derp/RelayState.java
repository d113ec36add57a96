package dev.remora.io.derp;

import dev.remora.base.Deadlines;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// How far the connection to a region is.
///
///     Idle ── somebody sends ──▶ Dialing ──▶ Greeting ── registered ──▶ Open
///      ▲  ▲                         └───────────┴──────── lost ───────────┤
///      │  └── nobody sends any more ────────────────────────────── Waiting ◀┘
///      └── the pause is over: dial again, if it is still wanted ──────┘
sealed interface RelayState {
    record Idle() implements RelayState {}

    /// @param deadline ends the attempt
    record Dialing(Future<RelayDialer.Dialed> dial, Timers.Timer deadline) implements RelayState {}

    record Greeting(RelayConnection connection, Timers.Timer deadline) implements RelayState {}

    record Open(RelayConnection connection) implements RelayState {}

    record Waiting(Timers.Timer retry, long nextTryAt) implements RelayState {}

    /// What packets can be written to, null if there is nothing yet.
    default @Nullable RelayConnection connection() {
        return switch (this) {
            case Greeting(var connection, _) -> connection;
            case Open(var connection) -> connection;
            case Idle _, Dialing _, Waiting _ -> null;
        };
    }

    default RelayStatus.Phase phase() {
        return switch (this) {
            case Idle() -> RelayStatus.Phase.IDLE;
            case Dialing _, Greeting _ -> RelayStatus.Phase.CONNECTING;
            case Open _ -> RelayStatus.Phase.CONNECTED;
            case Waiting _ -> RelayStatus.Phase.WAITING;
        };
    }

    /// [Deadlines#NEVER] unless a try is planned.
    default long nextTry() {
        return this instanceof Waiting(_, var at) ? at : Deadlines.NEVER;
    }
}
