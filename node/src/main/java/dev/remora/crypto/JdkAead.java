package dev.remora.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The JDK's cipher behind [Aead].
///
/// It wants to be initialised for every message, which is half the cost of a packet. It is fastest on arrays, in place:
/// so all text passes through one array that belongs to the key and grows to the longest message seen.
record JdkAead(String name) implements Aead {
    @Override
    public AeadKey key(byte[] key32) {
        return new Key(key32);
    }

    private static final class Key implements AeadKey {
        private static final VarHandle INT =
                MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
        private static final VarHandle LONG =
                MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
        private static final int GRANULE = 2048;

        private final Cipher cipher;
        private final SecretKeySpec key;
        private final byte[] nonce = new byte[12];
        private byte[] scratch = new byte[0];

        Key(byte[] key32) {
            if (key32.length != 32) {
                throw new IllegalArgumentException(
                        "a ChaCha20-Poly1305 key has 32 bytes, not " + key32.length);
            }
            this.key = new SecretKeySpec(key32, "ChaCha20");
            try {
                this.cipher = Cipher.getInstance("ChaCha20-Poly1305");
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this JDK has no ChaCha20-Poly1305", e);
            }
        }

        @Override
        public void seal(int nonceHead, long nonceTail, byte[] aad, ByteBuffer in, ByteBuffer out) {
            int length = in.remaining();
            try {
                begin(Cipher.ENCRYPT_MODE, nonceHead, nonceTail, aad, length + TAG);
                in.get(scratch, 0, length);
                int sealed = cipher.doFinal(scratch, 0, length, scratch, 0);
                out.put(scratch, 0, sealed);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("cannot seal: was this nonce used before?", e);
            }
        }

        @Override
        public boolean open(
                int nonceHead, long nonceTail, byte[] aad, ByteBuffer in, ByteBuffer out) {
            int length = in.remaining();
            if (length < TAG) {
                return false;
            }
            try {
                begin(Cipher.DECRYPT_MODE, nonceHead, nonceTail, aad, length);
                in.get(in.position(), scratch, 0, length);
                int opened = cipher.doFinal(scratch, 0, length, scratch, 0);
                in.position(in.limit());
                out.put(scratch, 0, opened);
                return true;
            } catch (AEADBadTagException e) {
                return false;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("cannot open", e);
            }
        }

        private void begin(int mode, int nonceHead, long nonceTail, byte[] aad, int needed)
                throws GeneralSecurityException {
            if (scratch.length < needed) {
                scratch = new byte[(needed + GRANULE - 1) / GRANULE * GRANULE];
            }
            INT.set(nonce, 0, nonceHead);
            LONG.set(nonce, 4, nonceTail);
            AlgorithmParameterSpec parameters = new IvParameterSpec(nonce);
            cipher.init(mode, key, parameters);
            if (aad.length > 0) {
                cipher.updateAAD(aad);
            }
        }

        /// All of it is on the heap: the collector frees it.
        @Override
        public void close() {
            scratch = new byte[0];
        }
    }
}
