package dev.remora.server.tailnet;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// A clock, and timers that go by it: time passes when a test says so, and what is due then runs in the test's thread.
public final class HandTimers extends AbstractExecutorService implements ScheduledExecutorService {
    private final List<Timer> timers = new CopyOnWriteArrayList<>();
    private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");

    /// The time of day that these timers go by.
    public Clock clock() {
        return new HandClock();
    }

    /// Lets time pass, stopping at each timer on the way.
    public void pass(Duration span) {
        Instant end = now.plus(span);
        for (Optional<Timer> next = nextUntil(end); next.isPresent(); next = nextUntil(end)) {
            timers.remove(next.get());
            now = next.get().due.isAfter(now) ? next.get().due : now;
            next.get().action.run();
        }
        now = end;
    }

    private Optional<Timer> nextUntil(Instant end) {
        return timers.stream()
                .filter(timer -> !timer.due.isAfter(end))
                .min(Comparator.comparing(timer -> timer.due));
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable action, long delay, TimeUnit unit) {
        Timer timer = new Timer(now.plusNanos(unit.toNanos(delay)), action);
        timers.add(timer);
        return timer;
    }

    private final class HandClock extends Clock {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private final class Timer extends CompletableFuture<Object> implements ScheduledFuture<Object> {
        final Instant due;
        final Runnable action;

        Timer(Instant due, Runnable action) {
            this.due = due;
            this.action = action;
        }

        @Override
        public boolean cancel(boolean interrupt) {
            return timers.remove(this);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(Duration.between(now, due));
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(
                    getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> action, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
            Runnable action, long first, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
            Runnable action, long first, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void execute(Runnable action) {
        action.run();
    }

    @Override
    public void shutdown() {
        timers.clear();
    }

    @Override
    public List<Runnable> shutdownNow() {
        timers.clear();
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long span, TimeUnit unit) {
        return true;
    }
}
