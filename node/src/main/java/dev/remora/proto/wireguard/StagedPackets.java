package dev.remora.proto.wireguard;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Packets to one peer that wait for a session: copies with room to be sealed in place.
final class StagedPackets {
    static final int PER_PEER = 128;

    /// Over all peers of a node: less than 3 MB at the usual MTU.
    static final int IN_ALL = 2048;

    private final Total total;
    private final Queue<ByteBuffer> packets = new ArrayDeque<>(0);

    StagedPackets(Total total) {
        this.total = total;
    }

    /// How many wait over all peers.
    static final class Total {
        private int count;
    }

    /// Makes room and adds a copy. Returns how many were dropped for it: the oldest of this peer, or the new one if
    /// other peers' packets take all the room.
    int add(ByteBuffer packet) {
        int dropped = 0;
        if (packets.size() >= PER_PEER || total.count >= IN_ALL && !packets.isEmpty()) {
            poll();
            dropped++;
        }
        if (total.count >= IN_ALL) {
            return dropped + 1;
        }
        int length = packet.remaining();
        ByteBuffer copy = ByteBuffer.allocateDirect(Session.HEADER + length + Session.TRAILER);
        copy.position(Session.HEADER).limit(Session.HEADER + length);
        copy.put(copy.position(), packet, packet.position(), length);
        packets.add(copy);
        total.count++;
        return dropped;
    }

    @Nullable ByteBuffer poll() {
        ByteBuffer packet = packets.poll();
        if (packet != null) {
            total.count--;
        }
        return packet;
    }

    boolean isEmpty() {
        return packets.isEmpty();
    }

    /// Returns how many there were.
    int clear() {
        int count = packets.size();
        total.count -= count;
        packets.clear();
        return count;
    }
}
