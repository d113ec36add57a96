package dev.remora.engine;

import java.util.Map;
import java.util.TreeMap;

/// Packets and bytes by the path they took, and drops by reason. Written by the engine's thread; a reader on another thread gets a copy through the
/// loop.
public final class Counters {
    /// The ways a packet takes, named as in the metrics of the official daemon.
    public enum Way {
        DIRECT_IPV4,
        DIRECT_IPV6,
        DERP
    }

    private final long[] sentPackets = new long[Way.values().length];
    private final long[] sentBytes = new long[Way.values().length];
    private final long[] receivedPackets = new long[Way.values().length];
    private final long[] receivedBytes = new long[Way.values().length];
    private final Map<String, Long> inboundDrops = new TreeMap<>();
    private final Map<String, Long> outboundDrops = new TreeMap<>();

    void sent(Way way, int bytes) {
        sentPackets[way.ordinal()]++;
        sentBytes[way.ordinal()] += bytes;
    }

    void received(Way way, int bytes) {
        receivedPackets[way.ordinal()]++;
        receivedBytes[way.ordinal()] += bytes;
    }

    /// Something from outside was not used.
    void droppedIn(String reason) {
        inboundDrops.merge(reason, 1L, Long::sum);
    }

    /// Something of ours was not sent.
    public void droppedOut(String reason, long count) {
        outboundDrops.merge(reason, count, Long::sum);
    }

    public long sentPackets(Way way) {
        return sentPackets[way.ordinal()];
    }

    public long sentBytes(Way way) {
        return sentBytes[way.ordinal()];
    }

    public long receivedPackets(Way way) {
        return receivedPackets[way.ordinal()];
    }

    public long receivedBytes(Way way) {
        return receivedBytes[way.ordinal()];
    }

    public Map<String, Long> inboundDrops() {
        return Map.copyOf(inboundDrops);
    }

    public Map<String, Long> outboundDrops() {
        return Map.copyOf(outboundDrops);
    }
}
