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
    private final LongAdder forwarded = new LongAdder();
    private final LongAdder meshLinks = new LongAdder();
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

    void forwarded() {
        forwarded.increment();
    }

    void meshed() {
        meshLinks.increment();
    }

    void unmeshed() {
        meshLinks.decrement();
    }

    void dropped(Drop why) {
        of(drops, why).increment();
    }

    void hungUp(Hangup why) {
        of(hangups, why).increment();
    }

    /// Connections that were admitted.
    public long clientsAdmitted() {
        return introduced.sum();
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

    /// Packets that were handed to another relay of the region.
    public long packetsForwarded() {
        return forwarded.sum();
    }

    /// Relays of the region that we are connected to now.
    public long meshLinks() {
        return meshLinks.sum();
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
