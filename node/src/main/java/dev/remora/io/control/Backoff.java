package dev.remora.io.control;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait after a failure. Broken connections are tried again soon and then less and less often;
/// a refusal will hardly be taken back within seconds, so it is asked again rarely.
final class Backoff {
    private final ControlConfig.Timing timing;
    private final RandomGenerator random;
    private int failures;
    private int refusals;

    Backoff(ControlConfig.Timing timing, RandomGenerator random) {
        this.timing = timing;
        this.random = random;
    }

    void succeeded() {
        failures = 0;
        refusals = 0;
    }

    /// Failures so far do not count against the next try; refusals do.
    void hurry() {
        failures = 0;
    }

    /// The pause after one more failure for this reason.
    Duration after(ControlException failure) {
        if (failure.retryAfter().isPresent()) {
            return failure.retryAfter().get();
        }
        return switch (failure.reason().remedy()) {
            case ANOTHER_TRY -> afterFailure();
            case PATIENCE, ANOTHER_KEY -> afterRefusal();
        };
    }

    private Duration afterFailure() {
        failures = Math.min(failures + 1, 1000);
        Duration pause = timing.firstRetry().multipliedBy((long) failures * failures);
        return jittered(min(pause, timing.longestRetry()));
    }

    private Duration afterRefusal() {
        Duration pause = timing.refusedRetry().multipliedBy(1L << Math.min(refusals++, 16));
        return jittered(min(pause, timing.longestRefusedRetry()));
    }

    /// Between half and one and a half of it, so that many nodes do not come back in step.
    private Duration jittered(Duration pause) {
        return Duration.ofNanos((long) (pause.toNanos() * random.nextDouble(0.5, 1.5)));
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
