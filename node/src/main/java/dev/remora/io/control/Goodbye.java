package dev.remora.io.control;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the server that we leave: at a logout, and at the end of an ephemeral node. Whatever the answer, and even without one, we do.
final class Goodbye {
    private static final Logger LOG = LoggerFactory.getLogger(Goodbye.class);

    /// Nobody who ends a program waits for longer.
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final ControlClient client;
    private final Messages messages;
    private final Updates updates;
    private final Wishes wishes;

    Goodbye(ControlClient client, Messages messages, Updates updates, Wishes wishes) {
        this.client = client;
        this.messages = messages;
        this.updates = updates;
        this.wishes = wishes;
    }

    /// Returns when it was said, or could not be. On a thread of its own, since the one that leaves has been interrupted to do so.
    void say(NodeIdentity identity, LoginOptions options) {
        if (identity.nodeKey().isEmpty()) {
            return;
        }
        Thread saying = Thread.ofVirtual().start(() -> logOut(identity, options));
        try {
            // a server that forgets us while we take our leave says so elsewhere, too
            wishes.shielded(() -> saying.join(TIMEOUT));
        } catch (InterruptedException e) {
            LOG.trace("interrupted at goodbye");
        }
        saying.interrupt();
    }

    private void logOut(NodeIdentity identity, LoginOptions options) {
        try {
            client.register(
                    messages.logout(
                            identity.nodeKey().orElseThrow().publicKey(),
                            identity.oldPublicKey(),
                            options,
                            updates.current()),
                    TIMEOUT);
        } catch (ControlException e) {
            LOG.info("the logout did not arrive: {}", e.sentence());
        } catch (InterruptedException e) {
            LOG.info("the logout took too long");
        }
    }
}
