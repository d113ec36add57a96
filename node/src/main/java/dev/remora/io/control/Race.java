package dev.remora.io.control;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tries several ways at once, each started a while after the one before, or as soon as that one failed;
/// takes the first that succeeds and drops the others.
final class Race<T> {
    /// @param headStart how long this one runs before the next one is started
    record Contender<T>(Supplier<CompletableFuture<T>> start, Duration headStart) {}

    private record Outcome<T>(@Nullable T value, @Nullable Throwable failure) {}

    private final List<Contender<T>> contenders;
    private final Consumer<T> discard;
    private final List<CompletableFuture<T>> running = new ArrayList<>();
    private final LinkedBlockingQueue<Outcome<T>> outcomes = new LinkedBlockingQueue<>();

    /// @param discard gets what a loser still came up with
    Race(List<Contender<T>> contenders, Consumer<T> discard) {
        this.contenders = contenders;
        this.discard = discard;
    }

    /// Runs the race on this thread.
    ///
    /// @throws IOException the most telling failure if all of them fail, or if time runs out
    T run(Duration budget) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + budget.toNanos();
        long nextStart = System.nanoTime();
        int open = 0;
        IOException worst =
                new InterruptedIOException("no answer within " + budget.toSeconds() + " s");
        T winner = null;
        try {
            while (winner == null) {
                boolean moreToStart = running.size() < contenders.size();
                if (moreToStart && (open == 0 || System.nanoTime() - nextStart >= 0)) {
                    nextStart = System.nanoTime() + start().toNanos();
                    open++;
                    continue;
                }
                long until = moreToStart ? Math.min(nextStart, deadline) : deadline;
                Outcome<T> outcome = outcomes.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (outcome == null && System.nanoTime() - deadline >= 0) {
                    throw worst;
                }
                if (outcome != null && outcome.failure != null) {
                    worst = moreTelling(worst, outcome.failure);
                    nextStart = System.nanoTime();
                    open--;
                    if (open == 0 && running.size() == contenders.size()) {
                        throw worst;
                    }
                } else if (outcome != null) {
                    winner = outcome.value;
                }
            }
            return winner;
        } finally {
            dropAllBut(winner);
        }
    }

    private Duration start() {
        Contender<T> next = contenders.get(running.size());
        CompletableFuture<T> future = next.start.get();
        running.add(future);
        future.whenComplete((value, failure) -> outcomes.add(new Outcome<>(value, failure)));
        return next.headStart;
    }

    @SuppressWarnings("ReferenceEquality") // two connections are never the same, however equal
    private void dropAllBut(@Nullable T winner) {
        for (CompletableFuture<T> future : running) {
            future.whenComplete((value, failure) -> {
                if (value != null && value != winner) {
                    discard.accept(value);
                }
            });
            future.cancel(true);
        }
    }

    private static IOException moreTelling(IOException before, Throwable failure) {
        Throwable now =
                failure instanceof CompletionException wrapped && wrapped.getCause() != null
                        ? wrapped.getCause()
                        : failure;
        IOException io = now instanceof IOException e ? e : new IOException(now);
        return rank(io) >= rank(before) ? io : before;
    }

    private static int rank(IOException failure) {
        return failure instanceof ControlException e ? e.reason().ordinal() : -1;
    }
}
