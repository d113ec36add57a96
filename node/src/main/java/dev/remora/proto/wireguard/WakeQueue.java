package dev.remora.proto.wireguard;

import dev.remora.base.Deadlines;
import java.util.Comparator;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// When each tunnel's next timer is due, over all tunnels.
///
/// Timers move with every packet, mostly to later or away, so a tunnel is moved forward in the queue at once but
/// backward only when its old turn has come: that keeps the queue out of the path of packets.
final class WakeQueue {
    private final NavigableSet<PeerTunnel> byTime =
            new TreeSet<>(
                    Comparator.comparingLong(PeerTunnel::queuedAt)
                            .thenComparingLong(PeerTunnel::serial));

    /// To be called after anything happened to the tunnel.
    void update(PeerTunnel tunnel) {
        if (tunnel.nextDeadline() < tunnel.queuedAt()) {
            requeue(tunnel);
        }
    }

    void remove(PeerTunnel tunnel) {
        byTime.remove(tunnel);
        tunnel.queueAt(Deadlines.NEVER);
    }

    /// When the first timer of all is due.
    long next() {
        while (!byTime.isEmpty()) {
            PeerTunnel first = byTime.first();
            if (first.nextDeadline() == first.queuedAt()) {
                return first.queuedAt();
            }
            requeue(first);
        }
        return Deadlines.NEVER;
    }

    /// A tunnel with a timer that is due, taken out of the queue.
    @Nullable PeerTunnel pollDue(long now) {
        if (next() > now) {
            return null;
        }
        PeerTunnel due = byTime.first();
        remove(due);
        return due;
    }

    private void requeue(PeerTunnel tunnel) {
        remove(tunnel);
        long at = tunnel.nextDeadline();
        if (at != Deadlines.NEVER) {
            tunnel.queueAt(at);
            byTime.add(tunnel);
        }
    }
}
