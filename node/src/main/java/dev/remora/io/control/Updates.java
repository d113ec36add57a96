package dev.remora.io.control;

import dev.remora.crypto.NodeKey;
import dev.remora.proto.control.MapRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// Tells the server what changed about us, on a thread of its own beside the map stream. One request is in
/// flight at a time; whatever changes meanwhile goes into the next one; it is tried again until it gets through.
final class Updates {
    /// A server tells a deleted node nothing, but refuses its next request: so there is one, even without news.
    private static final long SAY_AGAIN_AFTER_MS = 60_000;

    private final ControlClient client;
    private final Messages messages;
    private final Backoff backoff;
    private final Runnable onGone;
    private SelfReport current;
    private Optional<SelfReport> told = Optional.empty();
    private Optional<NodeKey> member = Optional.empty();
    private long hurries;

    /// @param onGone hears when the server does not know us any more
    Updates(
            ControlClient client,
            Messages messages,
            Backoff backoff,
            SelfReport initial,
            Runnable onGone) {
        this.client = client;
        this.messages = messages;
        this.backoff = backoff;
        this.current = initial;
        this.onGone = onGone;
    }

    synchronized SelfReport current() {
        return current;
    }

    /// Notes what is true now.
    synchronized void change(UnaryOperator<SelfReport> change) {
        current = change.apply(current);
        notifyAll();
    }

    /// From now on the server knows us by this key, and must be told everything once.
    synchronized void start(NodeKey key) {
        member = Optional.of(key);
        told = Optional.empty();
        notifyAll();
    }

    /// After [#stop]: the server still knows what it was told under this key.
    synchronized void resume(NodeKey key) {
        if (member.isEmpty()) {
            member = Optional.of(key);
            notifyAll();
        }
    }

    /// The server was just heard: what failed before need not wait any longer.
    synchronized void hurry() {
        hurries++;
        notifyAll();
    }

    /// Nobody is to be told anything for the time being.
    synchronized void stop() {
        member = Optional.empty();
    }

    /// Runs until its thread is interrupted.
    void run() {
        try {
            while (true) {
                tell(nextChange());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// @param hurries how many there were before it is told
    private record Change(NodeKey key, SelfReport report, long hurries) {}

    private synchronized Change nextChange() throws InterruptedException {
        long sayAgainAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SAY_AGAIN_AFTER_MS);
        while (member.isEmpty() || !isNews() && System.nanoTime() - sayAgainAt < 0) {
            wait(SAY_AGAIN_AFTER_MS);
        }
        return new Change(member.get(), current, hurries);
    }

    private boolean isNews() {
        return told.filter(t -> !current.differsFrom(t)).isEmpty();
    }

    private void tell(Change change) throws InterruptedException {
        MapRequest request = messages.update(change.key(), change.report());
        try {
            client.update(request);
            backoff.succeeded();
            onTold(change);
        } catch (ControlException e) {
            if (e.reason() == Reason.NODE_GONE) {
                forgetMember(change.key());
                onGone.run();
            } else {
                pause(backoff.after(e), change.hurries());
            }
        }
    }

    private synchronized void pause(Duration time, long seen) throws InterruptedException {
        long until = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos();
                left > 0 && hurries == seen;
                left = until - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    private synchronized void onTold(Change change) {
        if (member.filter(change.key()::equals).isPresent()) {
            told = Optional.of(change.report());
        }
    }

    private synchronized void forgetMember(NodeKey key) {
        if (member.filter(key::equals).isPresent()) {
            member = Optional.empty();
        }
    }
}
