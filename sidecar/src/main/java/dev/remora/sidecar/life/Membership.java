package dev.remora.sidecar.life;

import dev.remora.engine.netmap.NetMap;
import dev.remora.io.control.ControlState;
import dev.remora.io.control.Reason;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Where we stand with the control server: its last word, the tailnet it told us, and how the present login goes. Used on the backend's thread.
final class Membership {
    /// Failures that may pass by themselves: whoever waits for a login goes on waiting.
    private static final Set<Reason> PASSING =
            EnumSet.of(
                    Reason.TIMED_OUT,
                    Reason.NAME_NOT_FOUND,
                    Reason.UNREACHABLE,
                    Reason.CONNECTION_LOST,
                    Reason.SERVER_ERROR,
                    Reason.MALFORMED_ANSWER,
                    Reason.RATE_LIMITED);

    private ControlState control = new ControlState.Stopped();
    private Optional<NetMap> netMap = Optional.empty();
    private boolean withAuthKey;
    private boolean loginFinished;
    private Optional<String> reported = Optional.empty();

    ControlState control() {
        return control;
    }

    Optional<NetMap> netMap() {
        return netMap;
    }

    /// A login begins.
    ///
    /// @param withAuthKey nobody is to be sent to a page
    void begin(boolean withAuthKey) {
        this.withAuthKey = withAuthKey;
        loginFinished = false;
        reported = Optional.empty();
    }

    /// There is no tailnet for us any more, or another one.
    void forget() {
        netMap = Optional.empty();
        control = new ControlState.Stopped();
    }

    /// Takes the server's word.
    void onControl(ControlState now) {
        control = now;
        boolean gone =
                now instanceof ControlState.NeedsLogin(var why, _)
                                && why != ControlState.NeedsLogin.Why.KEY_EXPIRED
                        || now instanceof ControlState.Failed(var reason, _, _)
                                && reason == Reason.NODE_GONE;
        if (gone) {
            netMap = Optional.empty();
        }
    }

    /// True if this is the first map of this login.
    boolean onNetMap(NetMap map) {
        netMap = Optional.of(map);
        boolean first = !loginFinished;
        loginFinished = true;
        return first;
    }

    /// The page where a person has to log in.
    String authUrl() {
        return control instanceof ControlState.NeedsLogin(_, var url) && !withAuthKey
                ? url.orElse("")
                : "";
    }

    boolean needsPerson() {
        return control instanceof ControlState.NeedsLogin;
    }

    boolean isConnected() {
        return control instanceof ControlState.Connected;
    }

    boolean isKeyExpired(Instant now) {
        return control instanceof ControlState.NeedsLogin(var why, _)
                        && why == ControlState.NeedsLogin.Why.KEY_EXPIRED
                || netMap.filter(map -> map.isSelfExpired(now)).isPresent();
    }

    Optional<ControlState.Failed> failure() {
        return control instanceof ControlState.Failed failed
                ? Optional.of(failed)
                : Optional.empty();
    }

    /// What whoever waits for this login must hear because waiting will not help; each sentence once.
    Optional<String> takeError() {
        Optional<String> error =
                failure()
                        .filter(f -> !loginFinished && !PASSING.contains(f.reason()))
                        .map(ControlState.Failed::sentence);
        if (error.isEmpty() || error.equals(reported)) {
            return Optional.empty();
        }
        reported = error;
        return error;
    }
}
