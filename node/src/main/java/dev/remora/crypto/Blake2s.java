package dev.remora.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The hash BLAKE2s (RFC 7693), plain, keyed, and as an HMAC. Each method takes its input in parts, which count as one
/// string of bytes.
public final class Blake2s {
    public static final int HASH_LENGTH = 32;
    public static final int MAC_LENGTH = 16;

    private static final int BLOCK = 64;
    private static final int MAX_KEY = 32;
    private static final int ROUNDS = 10;
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /// RFC 7693, section 2.6.
    private static final int[] IV = {
        0x6a09e667,
        0xbb67ae85,
        0x3c6ef372,
        0xa54ff53a,
        0x510e527f,
        0x9b05688c,
        0x1f83d9ab,
        0x5be0cd19
    };

    /// RFC 7693, section 2.7: which word of the message goes where, ten rounds of sixteen.
    private static final byte[][] SIGMA = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
        {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
        {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
        {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
        {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
        {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
        {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
        {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
        {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
        {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
    };

    private final int outputLength;
    private final int[] chain = IV.clone();
    private final int[] work = new int[16];
    private final int[] message = new int[16];
    private final byte[] block = new byte[BLOCK];
    private int filled;
    private long hashed;

    private Blake2s(byte[] key, int outputLength) {
        if (key.length > MAX_KEY) {
            throw new IllegalArgumentException(
                    "a BLAKE2s key has at most 32 bytes, not " + key.length);
        }
        this.outputLength = outputLength;
        // RFC 7693, section 2.5: the parameter block; its first word has depth, fanout, key and
        // digest length.
        chain[0] ^= 0x01010000 ^ key.length << 8 ^ outputLength;
        if (key.length > 0) {
            absorb(Arrays.copyOf(key, BLOCK));
        }
    }

    /// The unkeyed 32-byte hash.
    public static byte[] hash(byte[]... parts) {
        return digest(new byte[0], HASH_LENGTH, parts);
    }

    /// The keyed 32-byte hash.
    public static byte[] keyed(byte[] key, byte[]... parts) {
        return digest(key, HASH_LENGTH, parts);
    }

    /// The keyed 16-byte hash. Not a prefix of the longer one: the length is hashed along.
    public static byte[] mac16(byte[] key, byte[]... parts) {
        return digest(key, MAC_LENGTH, parts);
    }

    /// HMAC (RFC 2104) over the unkeyed hash, 32 bytes.
    public static byte[] hmac(byte[] key, byte[]... parts) {
        byte[] shortKey = key.length > BLOCK ? hash(key) : key;
        Blake2s inner = new Blake2s(new byte[0], HASH_LENGTH);
        inner.absorb(padded(shortKey, 0x36));
        for (byte[] part : parts) {
            inner.absorb(part);
        }
        return hash(padded(shortKey, 0x5c), inner.finish());
    }

    private static byte[] padded(byte[] key, int pad) {
        byte[] block = Arrays.copyOf(key, BLOCK);
        for (int i = 0; i < BLOCK; i++) {
            block[i] ^= (byte) pad;
        }
        return block;
    }

    private static byte[] digest(byte[] key, int outputLength, byte[]... parts) {
        Blake2s state = new Blake2s(key, outputLength);
        for (byte[] part : parts) {
            state.absorb(part);
        }
        return state.finish();
    }

    private void absorb(byte[] bytes) {
        int from = 0;
        while (from < bytes.length) {
            // A full block waits until more follows: the last one is compressed with a mark of its
            // own.
            if (filled == BLOCK) {
                compress(false);
            }
            int length = Math.min(BLOCK - filled, bytes.length - from);
            System.arraycopy(bytes, from, block, filled, length);
            filled += length;
            from += length;
        }
    }

    private byte[] finish() {
        Arrays.fill(block, filled, BLOCK, (byte) 0);
        compress(true);
        byte[] out = new byte[HASH_LENGTH];
        for (int i = 0; i < 8; i++) {
            INTS.set(out, 4 * i, chain[i]);
        }
        return Arrays.copyOf(out, outputLength);
    }

    /// RFC 7693, section 3.2.
    private void compress(boolean last) {
        hashed += filled;
        filled = 0;
        for (int i = 0; i < 16; i++) {
            message[i] = (int) INTS.get(block, 4 * i);
        }
        System.arraycopy(chain, 0, work, 0, 8);
        System.arraycopy(IV, 0, work, 8, 8);
        work[12] ^= (int) hashed;
        work[13] ^= (int) (hashed >>> 32);
        if (last) {
            work[14] = ~work[14];
        }
        for (int round = 0; round < ROUNDS; round++) {
            mixAll(SIGMA[round]);
        }
        for (int i = 0; i < 8; i++) {
            chain[i] ^= work[i] ^ work[i + 8];
        }
    }

    private void mixAll(byte[] order) {
        for (int i = 0; i < 4; i++) {
            mix(i, i + 4, i + 8, i + 12, message[order[2 * i]], message[order[2 * i + 1]]);
        }
        for (int i = 0; i < 4; i++) {
            int b = 4 + (i + 1 & 3);
            int c = 8 + (i + 2 & 3);
            int d = 12 + (i + 3 & 3);
            mix(i, b, c, d, message[order[8 + 2 * i]], message[order[9 + 2 * i]]);
        }
    }

    private void mix(int a, int b, int c, int d, int x, int y) {
        work[a] += work[b] + x;
        work[d] = Integer.rotateRight(work[d] ^ work[a], 16);
        work[c] += work[d];
        work[b] = Integer.rotateRight(work[b] ^ work[c], 12);
        work[a] += work[b] + y;
        work[d] = Integer.rotateRight(work[d] ^ work[a], 8);
        work[c] += work[d];
        work[b] = Integer.rotateRight(work[b] ^ work[c], 7);
    }
}
