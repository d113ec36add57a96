package dev.remora.testing;

import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.Queue;
import java.util.Random;
import java.util.random.RandomGenerator;

/// Chance as it was when a vector was recorded: gives out the bytes and the 32-bit numbers queued here, each in its own
/// order, and ordinary pseudo-random ones when its queue is empty.
public final class ScriptedRandom implements RandomGenerator {
    private final Queue<byte[]> bytes = new ArrayDeque<>();
    private final Queue<Integer> ints = new ArrayDeque<>();
    private final Random otherwise = new Random(0);

    /// The next call for that many bytes gets these.
    public ScriptedRandom thenBytes(String hex) {
        bytes.add(HexFormat.of().parseHex(hex));
        return this;
    }

    public ScriptedRandom thenInt(int value) {
        ints.add(value);
        return this;
    }

    @Override
    public void nextBytes(byte[] wanted) {
        byte[] next = bytes.peek();
        if (next != null && next.length == wanted.length) {
            System.arraycopy(bytes.remove(), 0, wanted, 0, wanted.length);
        } else {
            otherwise.nextBytes(wanted);
        }
    }

    @Override
    public int nextInt() {
        return ints.isEmpty() ? otherwise.nextInt() : ints.remove();
    }

    @Override
    public long nextLong() {
        return otherwise.nextLong();
    }
}
