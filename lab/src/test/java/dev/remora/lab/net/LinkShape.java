package dev.remora.lab.net;

import java.time.Duration;
import java.util.List;

/// What a link does to packets, the same in both directions.
///
/// @param delay how long a packet is under way, once it has been sent
/// @param bitsPerSecond how fast packets are sent, one after the other
/// @param queueBytes how much may wait to be sent; what comes on top is dropped
/// @param loss the share of packets that vanish at random, 0 to 1
/// @param detours the share of packets that go a longer way, and are overtaken by others, 0 to 1
public record LinkShape(
        Duration delay, long bitsPerSecond, int queueBytes, double loss, double detours) {
    /// How much longer the longer way is.
    static final Duration DETOUR = Duration.ofMillis(3);

    public LinkShape(Duration delay, long bitsPerSecond, int queueBytes) {
        this(delay, bitsPerSecond, queueBytes, 0, 0);
    }

    /// A long, fast line: 66 ms there and back at 1 Gbit/s.
    public static LinkShape farAway() {
        return new LinkShape(Duration.ofMillis(33), 1_000_000_000L, 4_000_000);
    }

    public LinkShape withLoss(double share) {
        return new LinkShape(delay, bitsPerSecond, queueBytes, share, detours);
    }

    public LinkShape withDetours(double share) {
        return new LinkShape(delay, bitsPerSecond, queueBytes, loss, share);
    }

    /// The longer way of the two.
    LinkShape detour() {
        return new LinkShape(delay.plus(DETOUR), bitsPerSecond, queueBytes, loss, detours);
    }

    List<String> toArguments() {
        return List.of(
                Long.toString(delay.toNanos()),
                Long.toString(bitsPerSecond),
                Integer.toString(queueBytes),
                Double.toString(loss),
                Double.toString(detours));
    }

    static LinkShape parse(List<String> arguments) {
        return new LinkShape(
                Duration.ofNanos(Long.parseLong(arguments.get(0))),
                Long.parseLong(arguments.get(1)),
                Integer.parseInt(arguments.get(2)),
                Double.parseDouble(arguments.get(3)),
                Double.parseDouble(arguments.get(4)));
    }
}
