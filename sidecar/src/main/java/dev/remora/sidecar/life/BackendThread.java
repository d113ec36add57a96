package dev.remora.sidecar.life;

import dev.remora.base.MalformedException;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread on which all that the daemon does happens, one thing after the other.
final class BackendThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackendThread.class);
    private static final long END_WITHIN_S = 2;

    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("backend").factory());

    /// Runs `action` when its turn comes; after the end, never.
    void post(Runnable action) {
        try {
            thread.execute(() -> {
                try {
                    action.run();
                } catch (RuntimeException e) {
                    LOG.error("the daemon failed on something", e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("news after the end");
        }
    }

    /// Waits for the answer to `question`.
    ///
    /// @throws IOException what the question threw, or that it was never asked
    <T> T ask(Callable<T> question) throws IOException, MalformedException {
        try {
            return thread.submit(question).get();
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            switch (cause) {
                case IOException io -> throw io;
                case MalformedException malformed -> throw malformed;
                case RuntimeException mistake -> throw mistake;
                default -> throw new IllegalStateException(e.getCause());
            }
        } catch (RejectedExecutionException e) {
            throw new IOException("the daemon is ending", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// Returns when what was posted before is done.
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(END_WITHIN_S, TimeUnit.SECONDS)) {
                LOG.warn("the backend did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
