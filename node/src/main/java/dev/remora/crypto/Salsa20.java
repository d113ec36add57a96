package dev.remora.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The cores of Salsa20 and ChaCha20 as the extended-nonce constructions need them: HSalsa20, HChaCha20, and the
/// XSalsa20 key stream. For a few hundred bytes now and then, not for bulk.
final class Salsa20 {
    static final int BLOCK = 64;

    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /// "expand 32-byte k".
    private static final int[] SIGMA = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

    private Salsa20() {}

    /// A key of its own for each 16-byte nonce: the words of the rounds that stand where constants and nonce stood.
    static byte[] hsalsa(byte[] key, byte[] nonce16) {
        int[] state = salsaState(key, words(nonce16, 0, 4));
        salsaRounds(state);
        return bytes(state, 0, 5, 10, 15, 6, 7, 8, 9);
    }

    /// As [#hsalsa], for ChaCha20 (draft-irtf-cfrg-xchacha, section 2.2).
    static byte[] hchacha(byte[] key, byte[] nonce16) {
        int[] state = new int[16];
        System.arraycopy(SIGMA, 0, state, 0, 4);
        System.arraycopy(words(key, 0, 8), 0, state, 4, 8);
        System.arraycopy(words(nonce16, 0, 4), 0, state, 12, 4);
        for (int i = 0; i < 10; i++) {
            chachaQuarter(state, 0, 4, 8, 12);
            chachaQuarter(state, 1, 5, 9, 13);
            chachaQuarter(state, 2, 6, 10, 14);
            chachaQuarter(state, 3, 7, 11, 15);
            chachaQuarter(state, 0, 5, 10, 15);
            chachaQuarter(state, 1, 6, 11, 12);
            chachaQuarter(state, 2, 7, 8, 13);
            chachaQuarter(state, 3, 4, 9, 14);
        }
        return bytes(state, 0, 1, 2, 3, 12, 13, 14, 15);
    }

    /// The first `length` bytes of Salsa20's key stream for an 8-byte nonce, from block 0 on.
    static byte[] stream(byte[] key, byte[] nonce8, int length) {
        byte[] stream = new byte[(length + BLOCK - 1) / BLOCK * BLOCK];
        int[] nonceAndCounter = {(int) INTS.get(nonce8, 0), (int) INTS.get(nonce8, 4), 0, 0};
        for (int at = 0; at < length; at += BLOCK) {
            int[] start = salsaState(key, nonceAndCounter);
            int[] state = start.clone();
            salsaRounds(state);
            for (int i = 0; i < 16; i++) {
                INTS.set(stream, at + 4 * i, start[i] + state[i]);
            }
            nonceAndCounter[2]++;
        }
        return stream;
    }

    private static int[] salsaState(byte[] key, int[] input) {
        int[] k = words(key, 0, 8);
        return new int[] {
            SIGMA[0], k[0], k[1], k[2],
            k[3], SIGMA[1], input[0], input[1],
            input[2], input[3], SIGMA[2], k[4],
            k[5], k[6], k[7], SIGMA[3]
        };
    }

    private static void salsaRounds(int[] state) {
        for (int i = 0; i < 10; i++) {
            salsaQuarter(state, 0, 4, 8, 12);
            salsaQuarter(state, 5, 9, 13, 1);
            salsaQuarter(state, 10, 14, 2, 6);
            salsaQuarter(state, 15, 3, 7, 11);
            salsaQuarter(state, 0, 1, 2, 3);
            salsaQuarter(state, 5, 6, 7, 4);
            salsaQuarter(state, 10, 11, 8, 9);
            salsaQuarter(state, 15, 12, 13, 14);
        }
    }

    private static void salsaQuarter(int[] state, int a, int b, int c, int d) {
        state[b] ^= Integer.rotateLeft(state[a] + state[d], 7);
        state[c] ^= Integer.rotateLeft(state[b] + state[a], 9);
        state[d] ^= Integer.rotateLeft(state[c] + state[b], 13);
        state[a] ^= Integer.rotateLeft(state[d] + state[c], 18);
    }

    private static void chachaQuarter(int[] state, int a, int b, int c, int d) {
        state[a] += state[b];
        state[d] = Integer.rotateLeft(state[d] ^ state[a], 16);
        state[c] += state[d];
        state[b] = Integer.rotateLeft(state[b] ^ state[c], 12);
        state[a] += state[b];
        state[d] = Integer.rotateLeft(state[d] ^ state[a], 8);
        state[c] += state[d];
        state[b] = Integer.rotateLeft(state[b] ^ state[c], 7);
    }

    private static int[] words(byte[] bytes, int offset, int count) {
        int[] words = new int[count];
        for (int i = 0; i < count; i++) {
            words[i] = (int) INTS.get(bytes, offset + 4 * i);
        }
        return words;
    }

    private static byte[] bytes(int[] state, int... which) {
        byte[] bytes = new byte[4 * which.length];
        for (int i = 0; i < which.length; i++) {
            INTS.set(bytes, 4 * i, state[which[i]]);
        }
        return bytes;
    }
}
