package dev.remora.base;

import java.util.Arrays;

/// The timers of one machine: at most one point in time for each constant of an enum. The machine sets and clears;
/// whoever drives it asks only when the next one is due. Times are nanoseconds since the node started.
public final class Deadlines<T extends Enum<T>> {
    /// What [#next] and [#at] answer when nothing is set.
    public static final long NEVER = Long.MAX_VALUE;

    private final long[] at;

    public Deadlines(Class<T> timers) {
        at = new long[timers.getEnumConstants().length];
        clearAll();
    }

    public void set(T timer, long when) {
        at[timer.ordinal()] = when;
    }

    /// Keeps an earlier or later point that is set already.
    public void setIfUnset(T timer, long when) {
        if (!isSet(timer)) {
            set(timer, when);
        }
    }

    public void clear(T timer) {
        at[timer.ordinal()] = NEVER;
    }

    public void clearAll() {
        Arrays.fill(at, NEVER);
    }

    public boolean isSet(T timer) {
        return at[timer.ordinal()] != NEVER;
    }

    public long at(T timer) {
        return at[timer.ordinal()];
    }

    /// True once when the timer is due: it is cleared by asking.
    public boolean fires(T timer, long now) {
        if (at[timer.ordinal()] > now) {
            return false;
        }
        clear(timer);
        return true;
    }

    /// The earliest point that is set, [#NEVER] if none is.
    public long next() {
        long next = NEVER;
        for (long when : at) {
            next = Math.min(next, when);
        }
        return next;
    }
}
