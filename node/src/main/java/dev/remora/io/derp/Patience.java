package dev.remora.io.derp;

import dev.remora.proto.derp.DerpFrame;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// How long to leave a region alone after its connection was lost: [Backoff], except that a relay which announced its
/// restart is left alone as long as it asked for, and then tried without losing patience.
final class Patience {
    /// Bounds on what a relay may ask for before it restarts.
    private static final long LONGEST_RESTART = TimeUnit.SECONDS.toNanos(30);

    private static final long LONGEST_PAUSE_IN_RESTART = TimeUnit.SECONDS.toNanos(1);
    private static final long NOT_ANNOUNCED = -1;

    private final Backoff backoff;
    private long restartPause = NOT_ANNOUNCED;
    private long patientUntil;

    Patience(RandomGenerator random) {
        backoff = new Backoff(random);
    }

    void onRestarting(DerpFrame.Restarting notice, long now) {
        restartPause = bounded(notice.reconnectInMillis());
        patientUntil = now + restartPause + bounded(notice.tryForMillis());
    }

    private static long bounded(long millis) {
        return Math.min(TimeUnit.MILLISECONDS.toNanos(millis), LONGEST_RESTART);
    }

    /// The relay said that it will end this connection.
    boolean expectsRestart() {
        return restartPause != NOT_ANNOUNCED;
    }

    void onRegistered() {
        restartPause = NOT_ANNOUNCED;
    }

    /// The last connection was a good one, or circumstances are new: failures before that do not count.
    void reset() {
        backoff.reset();
    }

    /// Counts a failure. Nanoseconds until the next try.
    long failed(long now) {
        long pause = backoff.failed();
        if (restartPause >= 0) {
            long asked = restartPause;
            restartPause = NOT_ANNOUNCED;
            return asked;
        }
        return now < patientUntil ? Math.min(pause, LONGEST_PAUSE_IN_RESTART) : pause;
    }
}
