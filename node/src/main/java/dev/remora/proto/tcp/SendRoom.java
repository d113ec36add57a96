package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.remora.base.Deadlines;

/// How much the owner may write: enough to keep the window filled, little enough that what waits unsent stays small.
/// Remembers that a write was cut short, to say when there is room again.
final class SendRoom {
    private static final long LEAST_UNSENT = 128 * 1024;
    private static final long UNSENT_SPAN = MILLISECONDS.toNanos(10);
    private static final long LOOK_AGAIN = MILLISECONDS.toNanos(50);

    private final int most;
    private final TcpMemory memory;
    private final Deadlines<Timer> timers;
    private boolean wanted;

    SendRoom(int most, TcpMemory memory, Deadlines<Timer> timers) {
        this.most = most;
        this.memory = memory;
        this.timers = timers;
    }

    /// @param held bytes written and not acknowledged
    long before(long held) {
        return Math.max(Math.min(LEAST_UNSENT, quota(LEAST_UNSENT)) - held, 0);
    }

    /// Bytes that may be written to an open connection.
    long of(Sender sender) {
        long unsent = lowWater(sender) - sender.unsent();
        long total = quota(sender.cwnd() + lowWater(sender)) - sender.held();
        return Math.max(Math.min(unsent, total), 0);
    }

    private long lowWater(Sender sender) {
        long srtt = sender.rtt().srtt();
        long span = srtt == 0 ? 0 : sender.cwnd() * UNSENT_SPAN / Math.max(srtt, UNSENT_SPAN);
        return Math.max(LEAST_UNSENT, span);
    }

    private long quota(long wish) {
        return memory.sendQuota((int) Math.min(wish, most));
    }

    /// A write was cut short.
    ///
    /// @param noMemory there was room, but no chunk to be had: nothing that happens to the connection tells when there is
    void onShortWrite(boolean noMemory, long now) {
        wanted = true;
        if (noMemory) {
            timers.set(Timer.ROOM, now + LOOK_AGAIN);
        }
    }

    /// True once when the owner waits and there is room worth a write.
    boolean opens(Sender sender) {
        if (!wanted || timers.isSet(Timer.ROOM) || of(sender) < LEAST_UNSENT / 4) {
            return false;
        }
        wanted = false;
        return true;
    }
}
