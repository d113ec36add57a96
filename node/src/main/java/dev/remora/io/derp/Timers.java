package dev.remora.io.derp;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The time and what is to happen later, on the event loop.
///
/// @param clock nanoseconds since the node started
record Timers(EventExecutor loop, LongSupplier clock) {
    /// Something that is to happen, unless it is cancelled before.
    record Timer(Future<?> planned) {
        void cancel() {
            planned.cancel(false);
        }
    }

    long now() {
        return clock.getAsLong();
    }

    Timer after(long nanos, Runnable task) {
        return new Timer(loop.schedule(task, nanos, TimeUnit.NANOSECONDS));
    }

    Timer every(long nanos, Runnable task) {
        return new Timer(loop.scheduleWithFixedDelay(task, nanos, nanos, TimeUnit.NANOSECONDS));
    }
}
