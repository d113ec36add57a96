package dev.remora.server.relay;

import dev.remora.crypto.NodeKey;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.disco.DiscoPacket;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who is connected, and which packet goes where.
final class Switchboard {
    private static final int SHORTEST_DISCO = 62;

    /// Each takes some 70 bytes.
    private static final int MOST_ACQUAINTANCES = 500_000;

    private static final String FIGHT =
            "another program is connected with this node's key; packets reach only one of them";

    private final Map<NodeKey, Seat> seats = new HashMap<>();
    private final Set<Client> watchers = new LinkedHashSet<>();
    private final Acquaintances acquaintances = new Acquaintances(MOST_ACQUAINTANCES);
    private final RelayCounts counts;

    Switchboard(RelayCounts counts) {
        this.counts = counts;
    }

    /// A new connection of a client is the active one.
    void join(Client client) {
        seats.computeIfAbsent(client.key(), Seat::new).add(client);
        counts.introduced();
        watchers.forEach(watcher -> watcher.outbox().notice(client.key(), client.presence()));
    }

    /// A frame has come on this connection: it is the active one from now on.
    void spoke(Client client) {
        Seat seat = seatOf(client);
        if (seat.spoke(client)) {
            seat.clients().forEach(each -> each.outbox().passing(new DerpFrame.Health(FIGHT)));
        }
    }

    /// Passes a packet on. Who asks by disco for somebody who is not here is told so; other packets just vanish, since
    /// their senders will ask by disco, too.
    void send(Client from, NodeKey to, ByteBuffer packet, long now) {
        Seat receiver = seats.get(to);
        if (receiver == null) {
            counts.dropped(Drop.NOT_HERE);
            if (isDisco(packet) && from.takeNotice(now)) {
                from.outbox().peerGone(to, DerpFrame.PeerGone.NOT_HERE);
            }
            return;
        }
        Optional<Client> here = receiver.active();
        if (here.isPresent()) {
            deliver(from.key(), seatOf(from), here.get(), packet);
        } else {
            receiver.elsewhere().getFirst().forward(from.key(), to, packet);
        }
    }

    /// Passes on what another relay of the region got for a client here. It goes no further: the sender's relay believed
    /// the client to be here.
    void forwarded(NodeKey from, NodeKey to, ByteBuffer packet) {
        Seat receiver = seats.get(to);
        if (receiver == null || receiver.active().isEmpty()) {
            counts.dropped(Drop.NOT_HERE);
            return;
        }
        deliver(from, seats.get(from), receiver.active().get(), packet);
    }

    private void deliver(NodeKey sender, @Nullable Seat from, Client to, ByteBuffer packet) {
        counts.delivered(packet.remaining());
        if (from != null) {
            acquaintances.met(from, to);
        }
        to.outbox().packet(sender, packet, isDisco(packet));
    }

    private static boolean isDisco(ByteBuffer packet) {
        return packet.remaining() >= SHORTEST_DISCO && DiscoPacket.looksLikeDisco(packet);
    }

    /// Ends a connection. With the last one of a client, everybody who heard from it is told.
    void leave(Client client) {
        counts.left();
        watchers.remove(client);
        acquaintances.left(client);
        Seat seat = seatOf(client);
        seat.remove(client);
        if (seat.settled()) {
            seat.clients().getFirst().outbox().passing(new DerpFrame.Health(""));
        }
        if (seat.clients().isEmpty()) {
            DerpFrame gone = new DerpFrame.PeerGone(client.key(), DerpFrame.PeerGone.DISCONNECTED);
            watchers.forEach(watcher -> watcher.outbox().notice(client.key(), gone));
        }
        endIfEmpty(seat);
    }

    private void endIfEmpty(Seat seat) {
        if (seat.isEmpty()) {
            seats.remove(seat.key());
            acquaintances.ended(seat);
        }
    }

    /// Tells a relay of the region who is connected here, and from now on who comes and goes.
    void watch(Client watcher) {
        if (watchers.add(watcher)) {
            for (Seat seat : seats.values()) {
                seat.active()
                        .map(Client::presence)
                        .ifPresent(here -> watcher.outbox().notice(seat.key(), here));
            }
        }
    }

    /// Hangs up on all connections of a client, as a relay of the region wishes.
    void end(NodeKey key) {
        Seat seat = seats.get(key);
        if (seat != null) {
            List.copyOf(seat.clients()).forEach(Client::hangUp);
        }
    }

    /// A relay of the region has this client.
    void reachable(NodeKey key, Elsewhere through) {
        List<Elsewhere> ways = seats.computeIfAbsent(key, Seat::new).elsewhere();
        if (!ways.contains(through)) {
            ways.add(through);
        }
    }

    /// It has it no longer.
    void unreachable(NodeKey key, Elsewhere through) {
        Seat seat = seats.get(key);
        if (seat != null && seat.elsewhere().remove(through)) {
            endIfEmpty(seat);
        }
    }

    /// It has nobody any more, for all we know.
    void forget(Elsewhere through) {
        for (Seat seat : List.copyOf(seats.values())) {
            unreachable(seat.key(), through);
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
