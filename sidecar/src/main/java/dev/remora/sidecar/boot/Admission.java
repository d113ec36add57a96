package dev.remora.sidecar.boot;

import dev.remora.sidecar.life.Situation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Decides when to bring the node up: at the start, when another key is there, and from time to time while the server refuses what we have. It never gives up,
/// and it never ends the container: what is wrong may be mended from outside at any moment. Knows no clock and no daemon; both come in as arguments.
final class Admission {
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private final boolean once;
    private final Instant begun;
    private final Duration patience;
    private Duration pause = FIRST_PAUSE;
    private Optional<Instant> triedAt = Optional.empty();
    private Optional<String> key = Optional.empty();
    private boolean failed;
    private boolean admitted;
    private boolean impatient;

    /// What is to be done now.
    enum Step {
        NOTHING,
        /// State all settings, and log in if that needs it.
        UP,
        /// State those settings that need no login.
        SET,
        /// Say that it takes long.
        COMPLAIN
    }

    /// @param once a node that is logged in is not brought up again
    /// @param patience after so long without success somebody should be told; zero: never
    Admission(boolean once, Duration patience, Instant now) {
        this.once = once;
        this.patience = patience;
        this.begun = now;
    }

    /// Called again and again.
    ///
    /// @param key what the key is at this moment, in a form that tells whether it is another one
    Step next(Situation situation, String key, Instant now) {
        if (situation.code().equals(Situation.STATE_UNUSABLE)) {
            return complaint(now); // nothing that is stated could be kept; it is tried when it can
        }
        boolean running = situation.isRunning();
        if (triedAt.isEmpty()) {
            return first(situation, running, key, now);
        }
        if (running) {
            failed = false;
            admitted = true;
            pause = FIRST_PAUSE;
            return Step.NOTHING;
        }
        boolean anotherKey = this.key.filter(key::equals).isEmpty();
        boolean mayHelp = failed || situation.isRefused();
        if (mayHelp && (anotherKey || isDue(now))) {
            pause = anotherKey ? FIRST_PAUSE : longer(pause);
            return tried(Step.UP, key, now);
        }
        return complaint(now);
    }

    /// Called instead of [#next] while the last step is still under way, which may take as long as a server is away.
    Step whileTrying(Situation situation, Instant now) {
        return situation.isRunning() ? Step.NOTHING : complaint(now);
    }

    private Step first(Situation situation, boolean running, String key, Instant now) {
        if (!once) {
            return tried(Step.UP, key, now);
        }
        if (running) {
            return tried(Step.SET, key, now);
        }
        return situation.isRefused() || !situation.hasLogin()
                ? tried(Step.UP, key, now)
                : Step.NOTHING;
    }

    private Step tried(Step step, String key, Instant now) {
        triedAt = Optional.of(now);
        this.key = Optional.of(key);
        failed = false;
        return step;
    }

    private boolean isDue(Instant now) {
        return triedAt.filter(last -> !now.isBefore(last.plus(pause))).isPresent();
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    private Step complaint(Instant now) {
        boolean late = !patience.isZero() && !now.isBefore(begun.plus(patience));
        if (late && !admitted && !impatient) {
            impatient = true;
            return Step.COMPLAIN;
        }
        return Step.NOTHING;
    }

    /// The last step was of no use.
    void onFailure() {
        failed = true;
    }
}
