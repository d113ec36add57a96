package dev.remora.engine.netstack;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.proto.tcp.TcpMemory;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// All memory that connections may use for bytes, in chunks that are allocated when first needed and never beyond the
/// budget. The fuller it gets, the less each connection may promise and queue:
///
///     used        level      a connection's window
///     below 50 %  FREE       grows as its owner consumes, up to a quarter of the budget
///     50 to 75 %  SHARED     grows up to twice its fair share
///     75 to 90 %  PRESSURE   does not grow; above its share it shrinks by a quarter per round trip
///     above 90 %  CRITICAL   also starts with a few segments only, and no new connection is taken
///
/// At 100 % [#take] answers null: bytes that arrive are dropped as if lost, writes take nothing.
///
/// Chunks that come back are kept for the next who asks, so that steady traffic allocates nothing. What nobody asked for
/// within half a minute goes back to the process ([#trim]).
final class MemoryBudget implements TcpMemory {
    private static final long ACTIVE_PERIOD = SECONDS.toNanos(2);
    private static final long IDLE_BEFORE_TRIM = SECONDS.toNanos(30);

    /// One part of so many.
    private static final int KEPT_FOR_SENDING = 16;

    private static final int LEAST_WINDOW = 8 * 1024;
    private static final int FEW_SEGMENTS = 4 * 1240;

    enum Level {
        FREE,
        SHARED,
        PRESSURE,
        CRITICAL
    }

    private final int mostChunks;
    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
    private int used;
    private int activeBefore = 1;
    private int activeNow;
    private long period;
    private int leastFree;
    private long trimAt = IDLE_BEFORE_TRIM;

    MemoryBudget(long bytes) {
        mostChunks = Math.clamp(bytes / CHUNK, 4, Integer.MAX_VALUE / CHUNK);
    }

    @Override
    public @Nullable ByteBuffer take() {
        if (used == mostChunks) {
            return null;
        }
        used++;
        ByteBuffer chunk = free.pollLast();
        leastFree = Math.min(leastFree, free.size());
        return chunk == null ? ByteBuffer.allocateDirect(CHUNK) : chunk.clear();
    }

    @Override
    public @Nullable ByteBuffer takeToReceive() {
        return used >= mostChunks - mostChunks / KEPT_FOR_SENDING ? null : take();
    }

    @Override
    public void giveBack(ByteBuffer chunk) {
        used--;
        free.addLast(chunk);
    }

    @Override
    public int receiveQuota(int current, int wanted) {
        if (current == 0) {
            return initialWindow(wanted);
        }
        int share = share();
        return switch (level()) {
            case FREE -> Math.min(wanted, most());
            case SHARED -> Math.min(wanted, Math.max(current, 2 * share));
            case PRESSURE, CRITICAL ->
                    Math.min(wanted, current > share ? Math.max(current / 4 * 3, share) : current);
        };
    }

    /// A new connection gets its part of half of what is free, so that promises stay in proportion.
    private int initialWindow(int wanted) {
        if (level() == Level.CRITICAL) {
            return Math.min(wanted, FEW_SEGMENTS);
        }
        long part = (long) (mostChunks - used) * CHUNK / (2L * active());
        return Math.clamp(part, Math.min(LEAST_WINDOW, wanted), wanted);
    }

    @Override
    public int sendQuota(int wanted) {
        int limit =
                switch (level()) {
                    case FREE -> most();
                    case SHARED -> 2 * share();
                    case PRESSURE -> share();
                    case CRITICAL -> CHUNK;
                };
        return Math.max(CHUNK, Math.min(wanted, limit));
    }

    Level level() {
        long percent = 100L * used / mostChunks;
        return percent < 50
                ? Level.FREE
                : percent < 75 ? Level.SHARED : percent < 90 ? Level.PRESSURE : Level.CRITICAL;
    }

    /// Bytes in chunks that connections hold.
    long usedBytes() {
        return (long) used * CHUNK;
    }

    /// Bytes in all chunks there are, free ones included.
    long allocatedBytes() {
        return (long) (used + free.size()) * CHUNK;
    }

    /// Bytes that may never be exceeded.
    long limitBytes() {
        return (long) mostChunks * CHUNK;
    }

    /// A fair part for each connection that moves data, in bytes.
    private int share() {
        return (int) Math.max(CHUNK, (long) mostChunks * CHUNK / active());
    }

    private int most() {
        return mostChunks / 4 * CHUNK;
    }

    private int active() {
        return Math.max(1, Math.max(activeBefore, activeNow));
    }

    /// Counts a connection that moves data: `lastCounted` is what this answered for it before. Each counts once per period.
    long countActive(long lastCounted, long now) {
        long current = now / ACTIVE_PERIOD;
        if (current != period) {
            activeBefore = current == period + 1 ? activeNow : 0;
            activeNow = 0;
            period = current;
        }
        if (lastCounted != current) {
            activeNow++;
        }
        return current;
    }

    /// When [#trim] next has something to look at, `Long.MAX_VALUE` for never.
    long nextTrim() {
        return free.isEmpty() ? Long.MAX_VALUE : trimAt;
    }

    /// Lets go of the chunks that lay free all the time since the last look, half a minute ago or longer.
    void trim(long now) {
        if (now < trimAt) {
            return;
        }
        for (int i = 0; i < leastFree; i++) {
            free.pollFirst();
        }
        leastFree = free.size();
        trimAt = now + IDLE_BEFORE_TRIM;
    }
}
