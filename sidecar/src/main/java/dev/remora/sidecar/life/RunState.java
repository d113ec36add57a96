package dev.remora.sidecar.life;

import dev.remora.engine.netmap.NetMap;
import dev.remora.node.NodeStatus;
import dev.remora.sidecar.config.Prefs;
import java.time.Instant;
import java.util.Optional;

/// What the node is as a whole, with the number and name that `tailscale` knows.
enum RunState {
    NO_STATE(0, "NoState"),
    NEEDS_LOGIN(2, "NeedsLogin"),
    NEEDS_MACHINE_AUTH(3, "NeedsMachineAuth"),
    STOPPED(4, "Stopped"),
    STARTING(5, "Starting"),
    RUNNING(6, "Running");

    private final int number;
    private final String text;

    RunState(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /// How notifications say it.
    int number() {
        return number;
    }

    /// How the status says it.
    @Override
    public String toString() {
        return text;
    }

    /// All that the state depends on.
    ///
    /// @param wantRunning the user wants to be connected
    /// @param loggedOut the user gave up membership, or never had one
    /// @param hasKey there is a node key to come back with
    /// @param needsPerson a login waits for a person, or could not even begin
    /// @param hasNetMap the server has told us the tailnet
    /// @param keyExpired our key has ended
    /// @param authorized an administrator has admitted the device
    /// @param live a relay connection or a session with a peer stands
    record Facts(
            boolean wantRunning,
            boolean loggedOut,
            boolean hasKey,
            boolean needsPerson,
            boolean hasNetMap,
            boolean keyExpired,
            boolean authorized,
            boolean live) {
        static Facts of(
                Prefs prefs,
                boolean hasKey,
                Membership membership,
                NodeStatus status,
                Instant now) {
            Optional<NetMap> map = membership.netMap();
            return new Facts(
                    prefs.wantRunning(),
                    prefs.loggedOut(),
                    hasKey,
                    !hasKey || membership.needsPerson(),
                    map.isPresent(),
                    membership.isKeyExpired(now),
                    map.filter(m -> !m.self().machineAuthorized()).isEmpty(),
                    Liveness.any(status));
        }
    }

    /// The state that follows from the facts; the order of the questions is that of the official daemon.
    RunState next(Facts facts) {
        if (!facts.wantRunning && !facts.loggedOut && facts.hasKey) {
            return STOPPED;
        }
        if (!facts.hasNetMap) {
            if (facts.needsPerson || facts.loggedOut) {
                return NEEDS_LOGIN;
            }
            return this == STOPPED ? STARTING : this;
        }
        if (!facts.wantRunning) {
            return STOPPED;
        }
        if (facts.keyExpired) {
            return NEEDS_LOGIN;
        }
        if (!facts.authorized) {
            return NEEDS_MACHINE_AUTH;
        }
        return switch (this) {
            case STARTING -> facts.live ? RUNNING : STARTING;
            case RUNNING -> RUNNING;
            default -> STARTING;
        };
    }
}
