package dev.remora.proto.wireguard;

import java.util.Arrays;

/// Which counters of a session were received: all up to 8128 behind the greatest (RFC 6479). Counters are unsigned.
final class ReplayWindow {
    private static final int WORDS = 128;

    /// One word less than there are: the word that is being filled is never wholly in the past.
    private static final long SIZE = (WORDS - 1) * (long) Long.SIZE;

    private final long[] ring = new long[WORDS];
    private long greatest;

    /// True for each counter once, unless it comes too late. Only for packets that opened: a forged one must not use up
    /// a counter.
    boolean accept(long counter) {
        if (Long.compareUnsigned(counter, Limits.REJECT_AFTER_MESSAGES) >= 0) {
            return false;
        }
        if (Long.compareUnsigned(counter, greatest) > 0) {
            advanceTo(counter);
        } else if (Long.compareUnsigned(greatest - counter, SIZE) > 0) {
            return false;
        }
        int word = word(counter);
        long bit = 1L << counter;
        boolean isNew = (ring[word] & bit) == 0;
        ring[word] |= bit;
        return isNew;
    }

    private void advanceTo(long counter) {
        long words = (counter >>> 6) - (greatest >>> 6);
        if (words >= WORDS) {
            Arrays.fill(ring, 0);
        } else {
            for (int i = 1; i <= words; i++) {
                ring[word(greatest) + i & WORDS - 1] = 0;
            }
        }
        greatest = counter;
    }

    private static int word(long counter) {
        return (int) (counter >>> 6) & WORDS - 1;
    }
}
