package dev.remora.engine;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/// Packets and bytes by the path they took, and drops by reason.
public final class Counters {
    /// The ways a packet takes, named as in the metrics of the official daemon.
    public enum Way {
        DIRECT_IPV4,
        DIRECT_IPV6,
        DERP
    }

    private static final int MOST_REASONS = 200;

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
        count(inboundDrops, reason, 1);
    }

    /// Something of ours was not sent.
    public void droppedOut(String reason, long count) {
        count(outboundDrops, reason, count);
    }

    /// Some reasons quote what a stranger sent; strangers must not fill our memory with them.
    private static void count(Map<String, Long> drops, String reason, long count) {
        boolean room = drops.size() < MOST_REASONS || drops.containsKey(reason);
        drops.merge(room ? reason : "another reason", count, Long::sum);
    }

    /// A copy, for other threads.
    Traffic snapshot() {
        return new Traffic(
                byWay(sentPackets),
                byWay(sentBytes),
                byWay(receivedPackets),
                byWay(receivedBytes),
                Map.copyOf(inboundDrops),
                Map.copyOf(outboundDrops));
    }

    private static Map<Way, Long> byWay(long[] counts) {
        Map<Way, Long> map = new EnumMap<>(Way.class);
        for (Way way : Way.values()) {
            map.put(way, counts[way.ordinal()]);
        }
        return map;
    }
}
