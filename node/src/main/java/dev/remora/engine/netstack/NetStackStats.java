package dev.remora.engine.netstack;

import java.util.Map;

/// What a stack holds at the moment, and what it dropped.
///
/// @param streams connections, handshakes included
/// @param requests peers that wait for a decision
/// @param halfOpen requests and handshakes, as the caps count them
/// @param timeWaits records of closed connections
/// @param timeWaitsEvicted records that had to go early
/// @param udpPorts bound UDP ports
/// @param reassemblies packets that wait for fragments
/// @param timers streams and requests with a deadline
/// @param usedBytes memory that connections hold
/// @param allocatedBytes the same with what is kept for the next ones
/// @param limitBytes what may not be exceeded
public record NetStackStats(
        int streams,
        int requests,
        int halfOpen,
        int timeWaits,
        long timeWaitsEvicted,
        int udpPorts,
        int reassemblies,
        int timers,
        long usedBytes,
        long allocatedBytes,
        long limitBytes,
        Map<Drop, Long> drops) {}
