package dev.remora.sim;

import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/// The clock and the queue of everything that is yet to happen. Time is nanoseconds and starts at 0.
public final class SimNetwork {
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final RandomGenerator random;
    private final SimSegment internet;
    private long now;
    private long sequence;

    private record Event(long at, long sequence, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    public SimNetwork(long seed) {
        random = new Random(seed);
        internet = new SimSegment(this, "internet");
    }

    public long now() {
        return now;
    }

    /// The one source of randomness: of losses, of delays, and for what runs on the hosts.
    public RandomGenerator random() {
        return random;
    }

    /// The segment in which public addresses live.
    public SimSegment internet() {
        return internet;
    }

    /// Lets something happen at a time; one that has passed means now. Events of one moment happen in the order in
    /// which they were asked for.
    public void at(long when, Runnable action) {
        events.add(new Event(Math.max(when, now), sequence++, action));
    }

    public void after(long delay, Runnable action) {
        at(now + delay, action);
    }

    /// Lets everything happen up to and including a time.
    public void runUntil(long end) {
        runUntil(() -> false, end);
    }

    /// Stops as soon as the condition holds, at the latest at `end`.
    ///
    /// @return whether it holds
    public boolean runUntil(BooleanSupplier condition, long end) {
        while (!condition.getAsBoolean()) {
            Event next = events.peek();
            if (next == null || next.at() > end) {
                now = Math.max(now, end);
                return condition.getAsBoolean();
            }
            events.remove();
            now = next.at();
            next.action().run();
        }
        return true;
    }

    /// Whether something with this probability happens now.
    boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }
}
