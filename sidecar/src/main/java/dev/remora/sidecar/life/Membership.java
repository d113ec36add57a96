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

    /// Failures after which only a person can make us a member again.
    private static final Set<Reason> FINAL =
            EnumSet.of(
                    Reason.NODE_GONE,
                    Reason.CREDENTIALS_INCOMPLETE,
                    Reason.CREDENTIALS_REFUSED,
                    Reason.AUTH_KEY_EMPTY,
                    Reason.AUTH_KEY_INVALID,
                    Reason.AUTH_KEY_EXPIRED,
                    Reason.AUTH_KEY_USED,
                    Reason.AUTH_KEY_REVOKED,
                    Reason.TAGS_REFUSED,
                    Reason.TAILNET_LOCKED,
                    Reason.REGISTRATION_REFUSED);

    /// What a server answers to an auth key only after it has not taken the node key either.
    private static final Set<Reason> NODE_KEY_REFUSED =
            EnumSet.of(
                    Reason.AUTH_KEY_EMPTY,
                    Reason.AUTH_KEY_INVALID,
                    Reason.AUTH_KEY_EXPIRED,
                    Reason.AUTH_KEY_USED,
                    Reason.AUTH_KEY_REVOKED);

    private ControlState control = new ControlState.Stopped();

    /// The last failure, until something else comes of the next try: what is said about it does not go away while that lasts.
    private Optional<ControlState.Failed> failure = Optional.empty();

    private Optional<NetMap> netMap = Optional.empty();
    private boolean deleted;
    private boolean withAuthKey;
    private boolean withNodeKey;
    private boolean loginFinished;

    /// The number of the present login.
    private long login;

    /// Since it was begun nothing was heard of it yet: what comes in is about the one before.
    private boolean unheard;

    private String server = "";

    /// The last error that was taken, without its numbers.
    private Optional<String> reported = Optional.empty();

    ControlState control() {
        return control;
    }

    Optional<NetMap> netMap() {
        return netMap;
    }

    /// A login begins. What another server told us of its tailnet counts no more.
    ///
    /// @param withAuthKey nobody is to be sent to a page
    /// @param withNodeKey the node was a member before
    /// @return the login's number
    long begin(String server, boolean withAuthKey, boolean withNodeKey) {
        if (!server.equals(this.server)) {
            netMap = Optional.empty();
        }
        this.server = server;
        this.withAuthKey = withAuthKey;
        this.withNodeKey = withNodeKey;
        unheard = true;
        loginFinished = false;
        deleted = false;
        failure = Optional.empty();
        reported = Optional.empty();
        return ++login;
    }

    /// There is no tailnet for us any more, or another one.
    void forget() {
        netMap = Optional.empty();
        deleted = false;
        failure = Optional.empty();
        unheard = false;
        control = new ControlState.Stopped();
    }

    /// Takes the server's word.
    void onControl(ControlState now) {
        unheard &= !now.equals(new ControlState.Connecting(login));
        if (unheard) {
            return;
        }
        control = now;
        failure =
                switch (now) {
                    case ControlState.Failed failed -> Optional.of(failed);
                    case ControlState.Connecting _ -> failure;
                    case ControlState.Connected _,
                            ControlState.NeedsLogin _,
                            ControlState.AwaitingApproval _,
                            ControlState.Stopped _ ->
                            Optional.empty();
                };
        boolean gone =
                now instanceof ControlState.NeedsLogin(var why, _)
                                && why != ControlState.NeedsLogin.Why.KEY_EXPIRED
                        || now instanceof ControlState.Failed(var reason, _, _)
                                && reason == Reason.NODE_GONE;
        if (gone || isNodeKeyRefused()) {
            netMap = Optional.empty();
        }
        deleted |=
                now instanceof ControlState.Failed(var reason, _, _) && reason == Reason.NODE_GONE;
    }

    /// True if this is the first map of this login.
    boolean onNetMap(NetMap map) {
        netMap = Optional.of(map);
        withNodeKey = true;
        deleted = false;
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

    /// The server has forgotten us, and nobody has logged in since.
    boolean isDeleted() {
        return deleted;
    }

    /// The server does not know the key that made us a member, or any more.
    boolean isNodeKeyRefused() {
        return withNodeKey
                && control instanceof ControlState.Failed(var reason, _, _)
                && NODE_KEY_REFUSED.contains(reason);
    }

    /// Whether nothing but a new login helps: the server has said so, or does not take what we have.
    boolean needsPerson() {
        return control instanceof ControlState.NeedsLogin
                || control instanceof ControlState.Failed(var reason, _, _)
                        && FINAL.contains(reason);
    }

    /// A new key could not be saved, and the failure says so.
    boolean isUnsaved() {
        return failure.filter(failed -> failed.reason() == Reason.STATE_NOT_SAVED).isPresent();
    }

    boolean isConnected() {
        return control instanceof ControlState.Connected;
    }

    boolean isKeyExpired(Instant now) {
        return control instanceof ControlState.NeedsLogin(var why, _)
                        && why == ControlState.NeedsLogin.Why.KEY_EXPIRED
                || netMap.filter(map -> map.isSelfExpired(now)).isPresent();
    }

    /// Something outside of this conversation keeps a login from beginning.
    void hinder(ControlState.Failed why) {
        failure = Optional.of(why);
    }

    Optional<ControlState.Failed> failure() {
        return failure;
    }

    /// What whoever waits for this login must hear because waiting will not help; each sentence once, whatever times and counts are in it.
    Optional<String> takeError() {
        Optional<String> error =
                failure()
                        .filter(f -> !loginFinished && !PASSING.contains(f.reason()))
                        .map(ControlState.Failed::sentence);
        Optional<String> bare = error.map(sentence -> sentence.replaceAll("\\d+", "#"));
        if (error.isEmpty() || bare.equals(reported)) {
            return Optional.empty();
        }
        reported = bare;
        return error;
    }
}
