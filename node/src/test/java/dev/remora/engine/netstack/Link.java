package dev.remora.engine.netstack;

import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.remora.proto.ip.PacketSink;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/// One direction of a simulated link: a sink at one end, packets that are due at the other.
final class Link implements PacketSink {
    /// How a link treats packets; chances from 0 to 1, times in nanoseconds, rate in bytes per second.
    record Model(
            long delay,
            long jitter,
            double loss,
            double repeat,
            double reorder,
            double corrupt,
            long rate,
            int queue) {
        static final Model PERFECT =
                new Model(MICROSECONDS.toNanos(50), 0, 0, 0, 0, 0, 1_000_000_000, 1 << 30);

        static Model random(Random random) {
            return new Model(
                    MICROSECONDS.toNanos(50 + random.nextInt(random.nextBoolean() ? 500 : 60_000)),
                    random.nextBoolean() ? 0 : MILLISECONDS.toNanos(random.nextInt(3)),
                    random.nextInt(4) == 0 ? 0 : random.nextDouble(0.08),
                    random.nextInt(3) == 0 ? random.nextDouble(0.02) : 0,
                    random.nextInt(3) == 0 ? random.nextDouble(0.03) : 0,
                    random.nextInt(3) == 0 ? random.nextDouble(0.01) : 0,
                    random.nextLong(1_000_000, 100_000_000),
                    random.nextInt(20_000, 500_000));
        }
    }

    private record InFlight(long at, long number, byte[] packet) {}

    private final ByteBuffer memory = ByteBuffer.allocateDirect(HEADROOM + 65_536 + TAILROOM);
    private final PriorityQueue<InFlight> flying =
            new PriorityQueue<>(
                    Comparator.comparingLong(InFlight::at).thenComparingLong(InFlight::number));
    private final Model model;
    private final Random random;
    private long now;
    private long busyUntil;
    private long numbers;

    Link(Model model, Random random) {
        this.model = model;
        this.random = random;
    }

    void now(long time) {
        now = time;
    }

    @Override
    public ByteBuffer begin(int maxLength) {
        return memory.slice(HEADROOM, maxLength);
    }

    @Override
    public void end(ByteBuffer packet) {
        byte[] bytes = new byte[packet.remaining()];
        packet.get(bytes);
        long backlog = Math.max(busyUntil - now, 0) * model.rate / 1_000_000_000;
        if (random.nextDouble() < model.loss || backlog > model.queue) {
            return;
        }
        if (random.nextDouble() < model.corrupt) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        busyUntil = Math.max(busyUntil, now) + bytes.length * 1_000_000_000L / model.rate;
        fly(bytes);
        if (random.nextDouble() < model.repeat) {
            fly(bytes.clone());
        }
    }

    private void fly(byte[] bytes) {
        long late =
                random.nextDouble() < model.reorder
                        ? MILLISECONDS.toNanos(1 + random.nextInt(20))
                        : 0;
        long jitter = model.jitter == 0 ? 0 : random.nextLong(model.jitter);
        flying.add(new InFlight(busyUntil + model.delay + jitter + late, numbers++, bytes));
    }

    long nextArrival() {
        InFlight first = flying.peek();
        return first == null ? Long.MAX_VALUE : first.at;
    }

    /// All packets that are due, each in memory of its own.
    List<ByteBuffer> arrived(long time) {
        List<ByteBuffer> arrived = new ArrayList<>();
        while (nextArrival() <= time) {
            arrived.add(ByteBuffer.wrap(flying.remove().packet));
        }
        return arrived;
    }
}
