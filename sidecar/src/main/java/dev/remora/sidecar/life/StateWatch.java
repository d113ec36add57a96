package dev.remora.sidecar.life;

import java.time.Duration;
import java.util.function.Supplier;

/// Looks at a state that cannot be used until that changes.
final class StateWatch implements AutoCloseable {
    static final long EVERY_S = 2;

    private final Thread thread;

    private StateWatch(Thread thread) {
        this.thread = thread;
    }

    /// @param trouble says what is wrong, or nothing
    /// @param before what it said last
    /// @param onChange run once when it says something else, on a thread of its own: this watch may be closed meanwhile
    static StateWatch start(Supplier<String> trouble, String before, Runnable onChange) {
        return new StateWatch(
                Thread.ofVirtual()
                        .name("state-watch")
                        .start(() -> {
                            if (hasChanged(trouble, before)) {
                                Thread.ofPlatform().name("state-changed").start(onChange);
                            }
                        }));
    }

    private static boolean hasChanged(Supplier<String> trouble, String before) {
        try {
            do {
                Thread.sleep(Duration.ofSeconds(EVERY_S));
            } while (trouble.get().equals(before));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the daemon ends
            return false;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
