package dev.remora.io.control;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// Gets a new key for a node whose key has ended, on a thread beside the map stream, which goes on meanwhile:
/// an administrator may extend the old key yet, and then there is nothing left to do.
final class Renewal {
    private final Updates updates;
    private final StateReport state;
    private final Backoff backoff;
    private final Runnable onRenewed;
    private Optional<Thread> running = Optional.empty();
    private Optional<NodeIdentity> renewed = Optional.empty();

    /// @param onRenewed hears that [#take] has something
    Renewal(Updates updates, StateReport state, Backoff backoff, Runnable onRenewed) {
        this.updates = updates;
        this.state = state;
        this.backoff = backoff;
        this.onRenewed = onRenewed;
    }

    /// Starts, and answers true, unless it runs already.
    synchronized boolean start(Supplier<Registration> registration) {
        if (running.isPresent() || renewed.isPresent()) {
            return false;
        }
        Registration script = registration.get();
        running = Optional.of(Thread.ofVirtual().name("control-renewal").start(() -> run(script)));
        return true;
    }

    synchronized void stop() {
        running.ifPresent(Thread::interrupt);
        running = Optional.empty();
        renewed = Optional.empty();
    }

    /// The new keys, once.
    synchronized Optional<NodeIdentity> take() {
        Optional<NodeIdentity> taken = renewed;
        renewed = Optional.empty();
        return taken;
    }

    private void run(Registration registration) {
        try {
            while (true) {
                try {
                    finish(
                            registration.run(
                                    updates::current,
                                    url ->
                                            state.become(
                                                    new ControlState.NeedsLogin(
                                                            ControlState.NeedsLogin.Why.KEY_EXPIRED,
                                                            Optional.of(url)))));
                    return;
                } catch (ControlException e) {
                    Duration pause = backoff.after(e);
                    state.failed(e, Optional.of(pause));
                    Thread.sleep(pause);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody needs a new key any more
        }
    }

    private void finish(NodeIdentity accepted) throws InterruptedException {
        synchronized (this) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            renewed = Optional.of(accepted);
            running = Optional.empty();
        }
        onRenewed.run();
    }
}
