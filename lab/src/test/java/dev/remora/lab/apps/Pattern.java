package dev.remora.lab.apps;

import java.util.Arrays;
import java.util.Random;

/// An endless stream of bytes that both ends know, so that each can say where the other's copy went wrong.
///
/// It repeats a random block whose length is a prime number: a piece that is lost, doubled or swapped never lines up
/// with the block again, whatever sizes the network cuts it into.
final class Pattern {
    private static final int BLOCK = 1_048_583;
    private static final byte[] TWICE = twice();

    private long position;

    private static byte[] twice() {
        byte[] block = new byte[BLOCK];
        new Random(20_261_122).nextBytes(block);
        byte[] twice = Arrays.copyOf(block, 2 * BLOCK);
        System.arraycopy(block, 0, twice, BLOCK, BLOCK);
        return twice;
    }

    /// Where in the stream we are, counted from 0.
    long position() {
        return position;
    }

    /// Fills the first `length` bytes of `out` with what comes next.
    void next(byte[] out, int length) {
        System.arraycopy(TWICE, offset(), out, 0, length);
        position += length;
    }

    /// Compares the first `length` bytes of `in` with what comes next.
    ///
    /// @return the position in the stream of the first byte that differs, or -1
    long check(byte[] in, int length) {
        int from = offset();
        int wrong = Arrays.mismatch(in, 0, length, TWICE, from, from + length);
        long at = wrong < 0 ? -1 : position + wrong;
        position += length;
        return at;
    }

    private int offset() {
        return (int) (position % BLOCK);
    }
}
