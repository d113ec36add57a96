package dev.remora.engine.filter;

import dev.remora.base.IpAddress;
import dev.remora.proto.ip.IpPacket;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// The UDP and SCTP conversations that we began: the last [#LIMIT] used ones, without any time limit.
final class Flows {
    static final int LIMIT = 512;

    private record Flow(
            int protocol, IpAddress local, int localPort, IpAddress remote, int remotePort) {}

    private final SequencedMap<Flow, Boolean> lastUsed = new LinkedHashMap<>(16, 0.75f, true);

    /// Remembers a packet that goes out.
    void sent(IpPacket packet) {
        lastUsed.put(
                new Flow(
                        packet.protocol(),
                        packet.src(),
                        packet.srcPort(),
                        packet.dst(),
                        packet.dstPort()),
                true);
        if (lastUsed.size() > LIMIT) {
            lastUsed.pollFirstEntry();
        }
    }

    /// Whether a packet that came in answers one that went out.
    boolean isAnswer(IpPacket packet) {
        return !lastUsed.isEmpty()
                && lastUsed.get(
                                new Flow(
                                        packet.protocol(),
                                        packet.dst(),
                                        packet.dstPort(),
                                        packet.src(),
                                        packet.srcPort()))
                        != null;
    }
}
