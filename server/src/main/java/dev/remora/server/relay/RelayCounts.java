package dev.remora.server.relay;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// What a relay has done so far. Counted on its loop, read anywhere.
public final class RelayCounts {
    private final LongAdder introduced = new LongAdder();
    private final LongAdder left = new LongAdder();
    private final LongAdder packets = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final Map<Drop, LongAdder> drops = new EnumMap<>(Drop.class);
    private final Map<Hangup, LongAdder> hangups = new EnumMap<>(Hangup.class);

    RelayCounts() {
        for (Drop drop : Drop.values()) {
            drops.put(drop, new LongAdder());
        }
        for (Hangup hangup : Hangup.values()) {
            hangups.put(hangup, new LongAdder());
        }
    }

    void introduced() {
        introduced.increment();
    }

    void left() {
        left.increment();
    }

    void delivered(int packetLength) {
        packets.increment();
        bytes.add(packetLength);
    }

    void dropped(Drop why) {
        of(drops, why).increment();
    }

    void hungUp(Hangup why) {
        of(hangups, why).increment();
    }

    /// Connections of clients that are admitted and still there.
    public long clients() {
        return introduced.sum() - left.sum();
    }

    /// Packets that were handed to their receiver's connection or queue.
    public long packetsDelivered() {
        return packets.sum();
    }

    /// Bytes of those packets, without keys and headers.
    public long bytesDelivered() {
        return bytes.sum();
    }

    public long drops(Drop why) {
        return of(drops, why).sum();
    }

    public long hangups(Hangup why) {
        return of(hangups, why).sum();
    }

    private static <K extends Enum<K>> LongAdder of(Map<K, LongAdder> counters, K which) {
        LongAdder counter = counters.get(which);
        if (counter == null) {
            throw new IllegalStateException("no counter for " + which);
        }
        return counter;
    }
}
