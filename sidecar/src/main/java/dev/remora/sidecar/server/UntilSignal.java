package dev.remora.sidecar.server;

import dev.remora.sidecar.life.AtRest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Keeps a program running that only a signal ends, and small while it is at rest. SIGTERM or SIGINT end it with code 0: to end as told is a success, from the first moment on in which
/// anybody could think that the program is there.
public final class UntilSignal implements AutoCloseable {
    /// So long a start that is under way may take before it is given up.
    private static final int STARTING_SECONDS = 10;

    private final CompletableFuture<Runnable> end = new CompletableFuture<>();
    private final Thread hook = new Thread(this::onSignal, "end");

    private UntilSignal() {}

    /// Begins to heed signals; comes before whatever starts.
    public static UntilSignal expected() {
        UntilSignal signal = new UntilSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    private void onSignal() {
        try {
            end.get(STARTING_SECONDS, TimeUnit.SECONDS).run();
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            // nothing is there that could be ended in good order
        }
        Runtime.getRuntime().halt(0);
    }

    /// The program has started.
    ///
    /// @param close what a signal does to it
    public void started(Runnable close) {
        end.complete(close);
    }

    /// Waits for the signal.
    public int await() {
        try (AtRest _ = AtRest.server()) {
            new CountDownLatch(1).await();
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    /// For a program that did not start: it ends with a code of its own.
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            end.complete(() -> {}); // the signal was there first
        }
    }
}
