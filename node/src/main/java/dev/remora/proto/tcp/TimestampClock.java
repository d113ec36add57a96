package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

/// The clock behind our timestamps option: milliseconds since a point that a stranger cannot guess (RFC 7323 §5.4).
record TimestampClock(int offset) {
    static final long TICK = MILLISECONDS.toNanos(1);

    /// TSval of a segment that is sent at `now`.
    int at(long now) {
        return offset + (int) (now / TICK);
    }

    /// The time since the segment whose TSval was `echo`, at least one tick; 0 if it cannot have been ours.
    long since(int echo, long now) {
        int ticks = at(now) - echo;
        return ticks < 0 ? 0 : Math.max(ticks, 1) * TICK;
    }
}
