package dev.remora.engine;

import java.util.Map;

/// What went through a node so far. Bytes are those of WireGuard datagrams sent, and of inner packets received.
///
/// @param inboundDrops packets from outside that were not used, by reason
/// @param outboundDrops packets of ours that were not sent, by reason
public record Traffic(
        Map<Counters.Way, Long> sentPackets,
        Map<Counters.Way, Long> sentBytes,
        Map<Counters.Way, Long> receivedPackets,
        Map<Counters.Way, Long> receivedBytes,
        Map<String, Long> inboundDrops,
        Map<String, Long> outboundDrops) {}
