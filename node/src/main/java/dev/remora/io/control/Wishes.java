package dev.remora.io.control;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is wanted of a session: set by any thread, served by the session's one worker. A change interrupts
/// the worker, wherever it waits, so that it comes back and asks again.
final class Wishes {
    private static final Logger LOG = LoggerFactory.getLogger(Wishes.class);

    /// What the session should be doing.
    sealed interface Wish {
        /// Nothing.
        record Rest() implements Wish {}

        /// A connected member.
        ///
        /// @param number differs from login to login
        record Be(LoginOptions options, long number) implements Wish {}

        /// A member no longer.
        record Logout(LoginOptions options, CompletableFuture<Void> done) implements Wish {}

        /// Over.
        record Close(LoginOptions options) implements Wish {}
    }

    /// What happened beside the worker that it must know of.
    enum Signal {
        /// Connections may be dead.
        RECONNECT,
        /// The server said elsewhere that it does not know us.
        GONE,
        /// A new key was accepted.
        RENEWED,
        /// What failed before may succeed now.
        HURRY
    }

    private final EnumSet<Signal> signals = EnumSet.noneOf(Signal.class);
    private Wish wish = new Wish.Rest();
    private LoginOptions options = LoginOptions.RESUME;
    private long logins;
    private long changes;
    private boolean loggedIn;
    private Thread worker = Thread.currentThread();
    private boolean shielded;
    private boolean held;

    /// Names the thread to interrupt, before it starts.
    synchronized void serve(Thread worker) {
        this.worker = worker;
    }

    synchronized void login(LoginOptions options) {
        this.options = options;
        loggedIn = true;
        logins++;
        want(new Wish.Be(options, logins));
    }

    synchronized void up(boolean up) {
        want(up && loggedIn ? new Wish.Be(options, logins) : new Wish.Rest());
    }

    synchronized CompletableFuture<Void> logout() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (wish instanceof Wish.Close) {
            done.complete(null);
        }
        want(new Wish.Logout(options, done));
        return done;
    }

    synchronized void close() {
        want(new Wish.Close(options));
    }

    synchronized void signal(Signal signal) {
        signals.add(signal);
        poke();
    }

    /// What failed before may succeed now: ends this pause or the next one, but nothing that is under way.
    synchronized void hurry() {
        signals.add(Signal.HURRY);
        notifyAll();
    }

    private void want(Wish now) {
        if (!(wish instanceof Wish.Close)) {
            wish = now;
            poke();
        }
    }

    private void poke() {
        changes++;
        notifyAll();
        if (shielded) {
            held = true;
        } else {
            worker.interrupt();
        }
    }

    /// The wish as it stands. For the worker, as all that follows.
    synchronized Wish current() {
        if (Thread.interrupted()) {
            LOG.trace("interrupted: what for is in the wish or in the signals");
        }
        return wish;
    }

    /// What happened since the last call.
    synchronized Set<Signal> takeSignals() {
        EnumSet<Signal> taken = EnumSet.copyOf(signals);
        signals.clear();
        return taken;
    }

    /// A logout was served: there is nothing to come back to.
    synchronized void onLoggedOut(Wish.Logout served) {
        if (wish.equals(served)) {
            wish = new Wish.Rest();
            loggedIn = false;
            options = LoginOptions.RESUME;
        }
    }

    /// Waits, until something changes at the latest.
    ///
    /// @param mayHurry whether a reason to hurry ends it as well
    synchronized void pause(Duration time, boolean mayHurry) throws InterruptedException {
        long seen = changes;
        long deadline = System.nanoTime() + time.toNanos();
        long left = time.toMillis() + 1;
        while (changes == seen && left > 0 && !(mayHurry && signals.contains(Signal.HURRY))) {
            wait(left);
            left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        }
    }

    /// Waits until something changes.
    synchronized void pause() throws InterruptedException {
        long seen = changes;
        while (changes == seen) {
            wait();
        }
    }

    /// Runs something that must not be interrupted, as writing a file; an interrupt comes after it.
    <E extends Exception> void shielded(Shielded<E> action) throws E {
        synchronized (this) {
            held = Thread.interrupted();
            shielded = true;
        }
        try {
            action.run();
        } finally {
            synchronized (this) {
                shielded = false;
                if (held) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /// What is run behind the shield.
    interface Shielded<E extends Exception> {
        void run() throws E;
    }
}
