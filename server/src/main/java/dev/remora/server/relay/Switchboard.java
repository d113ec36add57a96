package dev.remora.server.relay;

import dev.remora.crypto.NodeKey;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.disco.DiscoPacket;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/// Who is connected, and which packet goes where.
final class Switchboard {
    private static final int SHORTEST_DISCO = 62;

    private final Map<NodeKey, Seat> seats = new HashMap<>();
    private final RelayCounts counts;

    Switchboard(RelayCounts counts) {
        this.counts = counts;
    }

    /// A new connection of a client is the active one.
    void join(Client client) {
        seats.computeIfAbsent(client.key(), Seat::new).add(client);
        counts.introduced();
    }

    /// A frame has come on this connection: it is the active one from now on.
    void spoke(Client client) {
        seatOf(client).spoke(client);
    }

    /// Passes a packet on. Who asks by disco for somebody who is not here is told so; other packets just vanish, since
    /// their senders will ask by disco, too.
    void send(Client from, NodeKey to, ByteBuffer packet, long now) {
        Seat receiver = seats.get(to);
        if (receiver != null) {
            deliver(seatOf(from), receiver.active(), packet);
            return;
        }
        counts.dropped(Drop.NOT_HERE);
        if (isDisco(packet) && from.takeNotice(now)) {
            from.outbox().peerGone(to, DerpFrame.PeerGone.NOT_HERE);
        }
    }

    private void deliver(Seat from, Client to, ByteBuffer packet) {
        counts.delivered(packet.remaining());
        if (from.reached().add(to)) {
            to.heard().add(from);
        }
        to.outbox().packet(from.key(), packet, isDisco(packet));
    }

    private static boolean isDisco(ByteBuffer packet) {
        return packet.remaining() >= SHORTEST_DISCO && DiscoPacket.looksLikeDisco(packet);
    }

    /// Ends a connection. With the last one of a client, everybody who heard from it is told.
    void leave(Client client) {
        counts.left();
        for (Seat heard : client.heard()) {
            heard.reached().remove(client);
        }
        Seat seat = seatOf(client);
        seat.remove(client);
        if (seat.isEmpty()) {
            seats.remove(client.key());
            for (Client reached : seat.reached()) {
                reached.heard().remove(seat);
                reached.outbox().peerGone(client.key(), DerpFrame.PeerGone.DISCONNECTED);
            }
        }
    }

    private Seat seatOf(Client client) {
        Seat seat = seats.get(client.key());
        if (seat == null) {
            throw new IllegalStateException(client.key() + " has no seat");
        }
        return seat;
    }
}
