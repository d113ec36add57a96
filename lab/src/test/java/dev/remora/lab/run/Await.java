package dev.remora.lab.run;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for something to become true, by looking at it again and again until a deadline.
public final class Await {
    private static final long LOOK_EVERY = Duration.ofMillis(20).toNanos();

    private Await() {}

    /// Returns as soon as `condition` holds, with the time that took.
    ///
    /// @param what completes the sentence "waited 5 s for …"
    /// @throws LabException when `patience` is over
    public static Duration until(String what, Duration patience, BooleanSupplier condition) {
        long start = System.nanoTime();
        value(
                what,
                patience,
                () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /// Returns the first value that `look` finds.
    ///
    /// @throws LabException when `patience` is over
    public static <T> T value(String what, Duration patience, Supplier<Optional<T>> look) {
        long giveUpAt = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<T> found = look.get();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() - giveUpAt >= 0) {
                throw new LabException("waited %d ms for %s".formatted(patience.toMillis(), what));
            }
            LockSupport.parkNanos(LOOK_EVERY);
            if (Thread.currentThread().isInterrupted()) {
                throw new LabException("interrupted while waiting for " + what);
            }
        }
    }
}
