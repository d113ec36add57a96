package dev.remora.server.tailnet;

import dev.remora.crypto.MachineKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/// Slows machines down that try auth keys: after a few wrong ones a machine must wait. Holds a bounded number of machines;
/// the one that was seen first is forgotten first.
final class GuessLimit {
    private static final int WRONG_KEYS = 10;
    private static final Duration WITHIN = Duration.ofMinutes(1);
    private static final int MACHINES = 4096;

    private final Clock clock;
    private final Map<MachineKey, Deque<Instant>> wrong = new LinkedHashMap<>();

    GuessLimit(Clock clock) {
        this.clock = clock;
    }

    /// Before a key is looked at.
    synchronized void check(MachineKey machine) throws Overloaded {
        Deque<Instant> times = wrong.get(machine);
        if (times == null || times.size() < WRONG_KEYS) {
            return;
        }
        Duration wait = Duration.between(clock.instant(), times.getFirst().plus(WITHIN));
        if (wait.isPositive()) {
            throw new Overloaded("too many wrong auth keys", wait);
        }
    }

    synchronized void wasWrong(MachineKey machine) {
        Deque<Instant> times = wrong.computeIfAbsent(machine, none -> new ArrayDeque<>());
        times.addLast(clock.instant());
        if (times.size() > WRONG_KEYS) {
            times.removeFirst();
        }
        if (wrong.size() > MACHINES) {
            wrong.remove(wrong.keySet().iterator().next());
        }
    }
}
