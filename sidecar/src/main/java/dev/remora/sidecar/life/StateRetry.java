package dev.remora.sidecar.life;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tries again to write what could not be written, until the disk takes it.
final class StateRetry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateRetry.class);
    private static final Duration EVERY = Duration.ofSeconds(3);

    private final Profiles profiles;
    private final Runnable onChange;
    private final Thread thread;

    private StateRetry(Profiles profiles, Runnable onChange) {
        this.profiles = profiles;
        this.onChange = onChange;
        this.thread = Thread.ofVirtual().name("state-retry").unstarted(this::run);
    }

    /// @param onChange hears that there is trouble, another one, or none any more
    static StateRetry start(Profiles profiles, Runnable onChange) {
        StateRetry retry = new StateRetry(profiles, onChange);
        retry.thread.start();
        return retry;
    }

    private void run() {
        Optional<String> told = Optional.empty();
        try {
            while (true) {
                Thread.sleep(EVERY);
                if (profiles.trouble().isPresent()) {
                    retry();
                }
                Optional<String> now = profiles.trouble();
                if (!now.equals(told)) {
                    told = now;
                    onChange.run();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the daemon ends
        }
    }

    private void retry() {
        try {
            profiles.retry();
        } catch (IOException e) {
            LOG.debug("still not: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
