package dev.remora.sidecar.life;

import dev.remora.base.MalformedException;
import dev.remora.io.control.ControlUrl;
import dev.remora.io.control.LoginOptions;
import dev.remora.proto.control.AuthKey;
import dev.remora.sidecar.config.Prefs;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How the node becomes a member, and stays one: at which server, with which key. Used on the backend's thread.
final class Login {
    private static final Logger LOG = LoggerFactory.getLogger(Login.class);
    static final String DEFAULT_CONTROL_URL = "https://controlplane.tailscale.com";

    /// `up` says `start` and `login-interactive` one right after the other.
    private static final Duration SAME_WITHIN = Duration.ofSeconds(10);

    private final Profiles profiles;
    private final Tailnode node;
    private final Membership membership;
    private final boolean ephemeral;
    private Optional<AuthKey> authKey = Optional.empty();

    /// Until when a `login-interactive` means the login that the last `start` has begun, for a node without a key.
    private Instant sameUntil = Instant.MIN;

    /// @param ephemeral the server forgets this node when it is gone
    Login(Profiles profiles, Tailnode node, Membership membership, boolean ephemeral) {
        this.profiles = profiles;
        this.node = node;
        this.membership = membership;
        this.ephemeral = ephemeral;
    }

    /// Connects with another auth key, or with none if that is empty; a node that has neither a key nor the wish to run is stopped.
    void start(String key) throws MalformedException {
        forget();
        authKey = key.isEmpty() ? Optional.empty() : Optional.of(new AuthKey(key));
        boolean hasKey = profiles.current().hasKey();
        if (!prefs().wantRunning() || !hasKey && authKey.isEmpty()) {
            node.pause();
            return;
        }
        if (!hasKey) {
            sameUntil = Instant.now().plus(SAME_WITHIN);
        }
        connect(false);
    }

    /// A state made with one control server is used with another: allowed, and perhaps not meant.
    void noteServer(String before, String after) {
        if (profiles.current().hasKey() && !before.isEmpty() && !before.equals(after)) {
            LOG.warn(
                    "The state here is that of a node of {}. It leaves that for {}, where it logs in as a new node; the old server goes on listing it. If that is not meant, name the old server again.",
                    before,
                    after.isEmpty() ? DEFAULT_CONTROL_URL : after);
        }
    }

    /// Whether the login that is asked for has just been begun; only the first question counts.
    boolean isBegun() {
        boolean begun = Instant.now().isBefore(sameUntil);
        sameUntil = Instant.MIN;
        return begun;
    }

    /// Goes on as a member, where the node is one and its user wants it to be connected.
    void resume() throws MalformedException {
        if (prefs().wantRunning() && profiles.current().hasKey()) {
            connect(false);
        }
    }

    /// Logs in anew; a node that has a key gets another one.
    void again() throws MalformedException {
        connect(profiles.current().hasKey());
    }

    /// Knows nothing of the last login any more.
    void forget() {
        authKey = Optional.empty();
        sameUntil = Instant.MIN;
    }

    private Prefs prefs() {
        return profiles.current().prefs();
    }

    private void connect(boolean newKey) throws MalformedException {
        String url = prefs().controlUrl().isEmpty() ? DEFAULT_CONTROL_URL : prefs().controlUrl();
        long number = membership.begin(url, authKey.isPresent(), profiles.current().hasKey());
        node.login(
                ControlUrl.parse(url),
                profiles.current().identity(),
                new LoginOptions(
                        authKey,
                        ephemeral,
                        newKey,
                        Optional.empty(),
                        number,
                        Optional.of(profiles.lockKey().publicKey())));
    }
}
