package dev.remora.proto.tcp;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/// One direction of a path: rate, delay and a queue that drops at its end; then random loss, duplicates, and packets
/// that stay behind. Deterministic for a seed.
final class SimulatedLink {
    /// @param bitsPerSecond 0 for no limit
    /// @param delay one way, in nanoseconds
    /// @param queueBytes what waits for the rate; more is dropped
    /// @param loss probability that a packet is lost, likewise the others
    /// @param lateBy how much later a packet comes that stays behind
    /// @param stall probability that a packet holds up all behind it, as a loss inside a relay's TCP connection does
    record Shape(
            long bitsPerSecond,
            long delay,
            long queueBytes,
            double loss,
            double duplicate,
            double late,
            long lateBy,
            double stall,
            long stallFor) {
        static Shape of(long bitsPerSecond, long delay, long queueBytes) {
            return new Shape(bitsPerSecond, delay, queueBytes, 0, 0, 0, 0, 0, 0);
        }

        Shape withLoss(double probability) {
            return new Shape(
                    bitsPerSecond,
                    delay,
                    queueBytes,
                    probability,
                    duplicate,
                    late,
                    lateBy,
                    stall,
                    stallFor);
        }

        Shape withStalls(double probability, long length) {
            return new Shape(
                    bitsPerSecond,
                    delay,
                    queueBytes,
                    loss,
                    duplicate,
                    late,
                    lateBy,
                    probability,
                    length);
        }
    }

    private record InFlight(long at, long order, ByteBuffer packet) {}

    private static final double NANOS = 1e9;

    private final Shape shape;
    private final RandomGenerator random;
    private final PriorityQueue<InFlight> inFlight =
            new PriorityQueue<>(
                    Comparator.comparingLong(InFlight::at).thenComparingLong(InFlight::order));
    private double freeAt;
    private long order;
    private long sent;
    private long dropped;

    SimulatedLink(Shape shape, RandomGenerator random) {
        this.shape = shape;
        this.random = random;
    }

    void send(ByteBuffer packet, long now) {
        sent++;
        double start = Math.max(freeAt, now);
        double perByte = shape.bitsPerSecond() == 0 ? 0 : 8 * NANOS / shape.bitsPerSecond();
        if (perByte > 0 && (start - now) / perByte > shape.queueBytes()) {
            dropped++;
            return;
        }
        freeAt = start + packet.remaining() * perByte;
        if (shape.stall() > 0 && random.nextDouble() < shape.stall()) {
            freeAt += shape.stallFor();
        }
        if (random.nextDouble() < shape.loss()) {
            dropped++;
            return;
        }
        long at = (long) freeAt + shape.delay();
        if (random.nextDouble() < shape.late()) {
            at += random.nextLong(shape.lateBy() + 1);
        }
        inFlight.add(new InFlight(at, order++, packet));
        if (random.nextDouble() < shape.duplicate()) {
            inFlight.add(new InFlight(at + shape.lateBy(), order++, copy(packet)));
        }
    }

    private static ByteBuffer copy(ByteBuffer packet) {
        return ByteBuffer.allocateDirect(packet.remaining()).put(0, packet, 0, packet.remaining());
    }

    /// When the next packet arrives, Long.MAX_VALUE if none is under way.
    long nextAt() {
        return inFlight.isEmpty() ? Long.MAX_VALUE : inFlight.element().at();
    }

    ByteBuffer receive() {
        return inFlight.remove().packet();
    }

    long sent() {
        return sent;
    }

    long dropped() {
        return dropped;
    }
}
