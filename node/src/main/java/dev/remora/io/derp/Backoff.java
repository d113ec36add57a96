package dev.remora.io.derp;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// How long to wait before the next try: grows with the square of the failures in a row, up to five seconds, and is
/// spread by half to either side so that the clients of a relay that restarts do not come back in step.
final class Backoff {
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(5);
    private static final int MOST_COUNTED = 1000;

    private final RandomGenerator random;
    private int failures;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /// Counts a failure. Nanoseconds until the next try.
    long failed() {
        failures = Math.min(failures + 1, MOST_COUNTED);
        long pause = Math.min(STEP * failures * failures, LONGEST);
        return (long) (pause * (0.5 + random.nextDouble()));
    }

    void reset() {
        failures = 0;
    }
}
