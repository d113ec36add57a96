package dev.remora.crypto;

import java.util.random.RandomGenerator;

/// SipHash-2-4: a short keyed hash whose values a stranger without the key cannot predict. For initial sequence
/// numbers (RFC 6528) and hash tables keyed by what strangers send. The two components are the key's bytes, read
/// little-endian.
public record SipHash(long k0, long k1) {
    /// A hash with a key of its own.
    public static SipHash random(RandomGenerator random) {
        return new SipHash(random.nextLong(), random.nextLong());
    }

    /// Hashes whole words, each counted as its eight little-endian bytes.
    public long hash(long... words) {
        State state = new State(k0, k1);
        for (long word : words) {
            state.absorb(word);
        }
        return state.finish((long) words.length << 59);
    }

    /// Hashes any bytes.
    public long hash(byte[] bytes) {
        State state = new State(k0, k1);
        int whole = bytes.length & ~7;
        for (int i = 0; i < whole; i += 8) {
            state.absorb(word(bytes, i, 8));
        }
        return state.finish((long) bytes.length << 56 | word(bytes, whole, bytes.length - whole));
    }

    private static long word(byte[] bytes, int from, int length) {
        long word = 0;
        for (int i = 0; i < length; i++) {
            word |= Byte.toUnsignedLong(bytes[from + i]) << (8 * i);
        }
        return word;
    }

    /// Does not show the key.
    @Override
    public String toString() {
        return "SipHash";
    }

    private static final class State {
        private long v0;
        private long v1;
        private long v2;
        private long v3;

        State(long k0, long k1) {
            v0 = k0 ^ 0x736f6d6570736575L; // "somepseudorandomlygeneratedbytes"
            v1 = k1 ^ 0x646f72616e646f6dL;
            v2 = k0 ^ 0x6c7967656e657261L;
            v3 = k1 ^ 0x7465646279746573L;
        }

        void absorb(long word) {
            v3 ^= word;
            round();
            round();
            v0 ^= word;
        }

        /// `last` holds the bytes that fill no word, and the length in its highest byte.
        long finish(long last) {
            absorb(last);
            v2 ^= 0xff;
            for (int i = 0; i < 4; i++) {
                round();
            }
            return v0 ^ v1 ^ v2 ^ v3;
        }

        private void round() {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
