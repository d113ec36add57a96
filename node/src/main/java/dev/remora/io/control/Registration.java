package dev.remora.io.control;

import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.proto.control.AuthKey;
import dev.remora.proto.control.RegisterResponse;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The script of one login: offer a key, be sent to a page perhaps, wait for a person, be let in.
///
/// Lives until it succeeds, over any number of broken connections: the server knows a pending login by the
/// key it was offered, so the same key must come back.
final class Registration {
    private final ControlClient client;
    private final ControlConfig config;
    private final Messages messages;
    private final LoginOptions options;
    private final NodeIdentity stored;
    private final RandomGenerator random;
    private NodePrivateKey offered;
    private boolean isNewKey;

    /// Servers use up an auth key that comes with a node key they know, and then miss it when it is needed.
    private boolean keepsAuthKey;

    private String followUp = "";

    /// @param newKey do not offer the stored key: it has ended, or is to be replaced
    Registration(
            ControlClient client,
            ControlConfig config,
            Messages messages,
            LoginOptions options,
            NodeIdentity stored,
            boolean newKey,
            RandomGenerator random) {
        this.client = client;
        this.config = config;
        this.messages = messages;
        this.options = options;
        this.stored = stored;
        this.random = random;
        this.isNewKey = newKey || stored.nodeKey().isEmpty();
        this.keepsAuthKey = !isNewKey && options.authKey().isPresent();
        this.offered = isNewKey ? NodePrivateKey.generate(random) : stored.nodeKey().orElseThrow();
    }

    /// Blocks until we are in. After an exception it may be called again and goes on where it was.
    ///
    /// @param self what to tell about us, asked anew for each request
    /// @param onUrl hears where a person must go
    /// @return the keys that we have from now on
    NodeIdentity run(Supplier<SelfReport> self, Consumer<String> onUrl)
            throws ControlException, InterruptedException {
        while (true) {
            Optional<RegisterResponse> response = ask(self.get());
            if (response.isPresent() && isIn(response.get(), onUrl)) {
                return isNewKey && stored.nodeKey().isPresent()
                        ? new NodeIdentity(Optional.of(offered), stored.nodeKey())
                        : new NodeIdentity(Optional.of(offered), stored.oldNodeKey());
            }
        }
    }

    /// Empty when nobody has been at the page for a while: then ask again, on a connection that is sure
    /// to be alive.
    private Optional<RegisterResponse> ask(SelfReport self)
            throws ControlException, InterruptedException {
        NodeKey old =
                isNewKey
                        ? stored.nodeKey().map(NodePrivateKey::publicKey).orElse(NodeKey.ZERO)
                        : stored.oldPublicKey();
        if (isNewKey && options.authKey().filter(AuthKey::isBlank).isPresent()) {
            throw new ControlException(
                    Reason.AUTH_KEY_EMPTY,
                    "The auth key is empty: give one that the control server made, or none to log in through a page.");
        }
        boolean waiting = !followUp.isEmpty();
        try {
            return Optional.of(
                    client.register(
                            messages.register(
                                    offered.publicKey(),
                                    old,
                                    keepsAuthKey ? options.withoutAuthKey() : options,
                                    self,
                                    followUp),
                            waiting ? config.timing().followUp() : config.timing().request()));
        } catch (ControlException e) {
            if (waiting && e.reason() == Reason.TIMED_OUT) {
                client.disconnect();
                return Optional.empty();
            }
            throw e;
        }
    }

    /// The order of the questions is the protocol's.
    private boolean isIn(RegisterResponse response, Consumer<String> onUrl)
            throws ControlException {
        boolean refused = isText(response.error()) || isText(response.authUrl());
        if (keepsAuthKey && refused) {
            keepsAuthKey = false;
            return false;
        }
        if (isText(response.error())) {
            throw refusal(String.valueOf(response.error()));
        }
        if (isText(response.nodeKeySignature())) {
            throw new ControlException(
                    Reason.TAILNET_LOCKED,
                    "This tailnet is locked and wants this node's key signed again, which this program cannot do: remove the node from the lock, or use another one.");
        }
        if (response.nodeKeyExpired()) {
            onExpiredKey();
            return false;
        }
        if (isText(response.authUrl())) {
            onUrl(String.valueOf(response.authUrl()), onUrl);
            return false;
        }
        return true;
    }

    private void onExpiredKey() throws ControlException {
        if (isNewKey) {
            throw new ControlException(
                    Reason.REGISTRATION_REFUSED,
                    "The control server "
                            + config.url()
                            + " takes a brand-new key for expired: check its clock and ours.");
        }
        offered = NodePrivateKey.generate(random);
        isNewKey = true;
        keepsAuthKey = false;
        followUp = "";
    }

    private void onUrl(String url, Consumer<String> onUrl) throws ControlException {
        if (url.equals(followUp)) {
            throw new ControlException(
                    Reason.SERVER_ERROR,
                    "The control server "
                            + config.url()
                            + " did not wait for the login at "
                            + url
                            + ".");
        }
        followUp = url;
        onUrl.accept(url);
    }

    /// Servers say in free text what is wrong; some texts are known well enough to help with.
    private ControlException refusal(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        String says =
                " (the control server " + config.url() + " says " + Failures.quoted(text) + "): ";
        if (lower.contains("requested tags")
                || lower.contains("tags") && lower.contains("not permitted")) {
            return new ControlException(
                    Reason.TAGS_REFUSED,
                    "The tags asked for are refused"
                            + says
                            + "ask only for tags that the policy lets you have, or use an auth key made for them.");
        }
        if (options.authKey().isPresent() && lower.matches("(?s).*(auth ?key|pre ?auth).*")) {
            return ofAuthKey(lower, says);
        }
        return new ControlException(
                Reason.REGISTRATION_REFUSED,
                "The login is refused" + says + "ask the tailnet's administrator.");
    }

    private static ControlException ofAuthKey(String lower, String says) {
        String remedy = "make a new one and log in with it.";
        if (lower.contains("expired")) {
            return new ControlException(
                    Reason.AUTH_KEY_EXPIRED, "The auth key has expired" + says + remedy);
        }
        if (lower.contains("used")) {
            return new ControlException(
                    Reason.AUTH_KEY_USED,
                    "The auth key was used before and is good for one node only" + says + remedy);
        }
        if (lower.contains("revoked")) {
            return new ControlException(
                    Reason.AUTH_KEY_REVOKED, "The auth key was revoked" + says + remedy);
        }
        return new ControlException(
                Reason.AUTH_KEY_INVALID, "The auth key is not valid" + says + remedy);
    }

    private static boolean isText(@Nullable String text) {
        return text != null && !text.isEmpty();
    }
}
