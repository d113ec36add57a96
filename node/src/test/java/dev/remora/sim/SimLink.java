package dev.remora.sim;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.util.random.RandomGenerator;

/// The wire between something and its segment. A packet crosses the link of its sender and that of its receiver.
///
/// @param delay of every packet, in nanoseconds
/// @param jitter what may come on top of that; packets overtake each other when it is not 0
/// @param loss the probability that a packet is lost, 0 to 1
public record SimLink(long delay, long jitter, double loss) {
    public static SimLink millis(long delay) {
        return new SimLink(MILLISECONDS.toNanos(delay), 0, 0);
    }

    public SimLink withJitter(long millis) {
        return new SimLink(delay, MILLISECONDS.toNanos(millis), loss);
    }

    public SimLink withLoss(double loss) {
        return new SimLink(delay, jitter, loss);
    }

    long delayOfOne(RandomGenerator random) {
        return jitter == 0 ? delay : delay + random.nextLong(jitter + 1);
    }
}
