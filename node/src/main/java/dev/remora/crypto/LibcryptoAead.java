package dev.remora.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// OpenSSL behind [Aead]: the key schedule stays in its context, each message sets only the nonce, and direct buffers
/// are worked on where they are. Allocates nothing per message.
final class LibcryptoAead implements Aead {
    private final long cipher;
    private final String name;

    LibcryptoAead() {
        cipher = Libcrypto.chacha20Poly1305();
        if (cipher == 0) {
            throw new IllegalStateException("has no ChaCha20-Poly1305");
        }
        name = "libcrypto (" + Libcrypto.version() + ")";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public AeadKey key(byte[] key32) {
        if (key32.length != 32) {
            throw new IllegalArgumentException(
                    "a ChaCha20-Poly1305 key has 32 bytes, not " + key32.length);
        }
        return new Key(cipher, key32);
    }

    private static final class Key implements AeadKey {
        private static final ValueLayout.OfInt INT =
                ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
        private static final ValueLayout.OfLong LONG =
                ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
        private static final int OUT_LENGTH = 12;
        private static final int PARAMETERS = 16;
        private static final int GRANULE = 2048;
        private static final ByteBuffer NO_MEMORY = ByteBuffer.allocateDirect(0);

        private final long context;

        /// The nonce (12 bytes), then the `int` in which OpenSSL reports lengths; freed with this object.
        private final MemorySegment parameters = Arena.ofAuto().allocate(PARAMETERS, 8);

        private final long nonce = parameters.address();
        private final long outLength = nonce + OUT_LENGTH;

        /// Where additional data and heap buffers are copied to; grows as needed.
        private ByteBuffer aadMemory = NO_MEMORY;

        private ByteBuffer textMemory = NO_MEMORY;
        private boolean open = true;

        Key(long cipher, byte[] key32) {
            context = Libcrypto.newContext();
            if (context == 0) {
                throw new OutOfMemoryError("EVP_CIPHER_CTX_new");
            }
            ByteBuffer key = ByteBuffer.allocateDirect(key32.length).put(0, key32);
            check(Libcrypto.init(context, cipher, address(key), 0, 1), "EVP_CipherInit_ex");
            key.put(0, new byte[key32.length]);
        }

        /// OpenSSL sees addresses only: the fences tell the collector that what they point into is still needed.
        @Override
        public void seal(int nonceHead, long nonceTail, byte[] aad, ByteBuffer in, ByteBuffer out) {
            int length = in.remaining();
            if (out.remaining() < length + TAG) {
                throw new IllegalArgumentException("no room for the tag");
            }
            begin(nonceHead, nonceTail, 1);
            try {
                if (in.isDirect() && out.isDirect()) {
                    sealAt(aad, address(in), address(out), length);
                    in.position(in.limit());
                    out.position(out.position() + length + TAG);
                } else {
                    ByteBuffer text = textMemory(length + TAG).put(in).rewind();
                    sealAt(aad, address(text), address(text), length);
                    out.put(text);
                }
            } finally {
                Reference.reachabilityFence(in);
                Reference.reachabilityFence(out);
                Reference.reachabilityFence(this);
            }
        }

        @Override
        public void sealInPlace(
                int nonceHead, long nonceTail, byte[] aad, ByteBuffer buffer, int length) {
            if (!buffer.isDirect()) {
                AeadKey.super.sealInPlace(nonceHead, nonceTail, aad, buffer, length);
                return;
            }
            int end = buffer.position() + length + TAG;
            if (length < 0 || end > buffer.limit()) {
                throw new IllegalArgumentException("no room for the tag");
            }
            begin(nonceHead, nonceTail, 1);
            try {
                long text = address(buffer);
                sealAt(aad, text, text, length);
                buffer.position(end);
            } finally {
                Reference.reachabilityFence(buffer);
                Reference.reachabilityFence(this);
            }
        }

        @Override
        public boolean open(
                int nonceHead, long nonceTail, byte[] aad, ByteBuffer in, ByteBuffer out) {
            int length = in.remaining() - TAG;
            if (length < 0) {
                return false;
            }
            if (out.remaining() < length) {
                throw new IllegalArgumentException("no room for the text");
            }
            begin(nonceHead, nonceTail, 0);
            try {
                return in.isDirect() && out.isDirect()
                        ? openDirect(aad, in, out, length)
                        : openCopied(aad, in, out, length);
            } finally {
                Reference.reachabilityFence(in);
                Reference.reachabilityFence(out);
                Reference.reachabilityFence(this);
            }
        }

        @Override
        public boolean openInPlace(int nonceHead, long nonceTail, byte[] aad, ByteBuffer buffer) {
            if (!buffer.isDirect()) {
                return AeadKey.super.openInPlace(nonceHead, nonceTail, aad, buffer);
            }
            int length = buffer.remaining() - TAG;
            if (length < 0) {
                return false;
            }
            begin(nonceHead, nonceTail, 0);
            try {
                long text = address(buffer);
                boolean opened = openAt(aad, text, text, length);
                if (opened) {
                    buffer.position(buffer.position() + length);
                }
                return opened;
            } finally {
                Reference.reachabilityFence(buffer);
                Reference.reachabilityFence(this);
            }
        }

        private boolean openDirect(byte[] aad, ByteBuffer in, ByteBuffer out, int length) {
            if (!openAt(aad, address(in), address(out), length)) {
                return false;
            }
            in.position(in.limit());
            out.position(out.position() + length);
            return true;
        }

        private boolean openCopied(byte[] aad, ByteBuffer in, ByteBuffer out, int length) {
            ByteBuffer text = textMemory(length + TAG).put(0, in, in.position(), length + TAG);
            if (!openAt(aad, address(text), address(text), length)) {
                return false;
            }
            in.position(in.limit());
            out.put(text.limit(length));
            return true;
        }

        private void begin(int nonceHead, long nonceTail, int encrypt) {
            if (!open) {
                throw new IllegalStateException("this key is closed");
            }
            parameters.set(INT, 0, nonceHead);
            parameters.set(LONG, 4, nonceTail);
            check(Libcrypto.init(context, 0, 0, nonce, encrypt), "EVP_CipherInit_ex");
        }

        private void crypt(byte[] aad, long from, long to, int length) {
            if (aad.length > 0) {
                long aadAt = address(copyOfAad(aad));
                check(
                        Libcrypto.update(context, 0, outLength, aadAt, aad.length),
                        "EVP_CipherUpdate");
            }
            if (length > 0) {
                check(Libcrypto.update(context, to, outLength, from, length), "EVP_CipherUpdate");
            }
        }

        private void sealAt(byte[] aad, long from, long to, int length) {
            crypt(aad, from, to, length);
            long tag = to + length;
            check(Libcrypto.finish(context, tag, outLength), "EVP_CipherFinal_ex");
            check(
                    Libcrypto.control(context, Libcrypto.EVP_CTRL_AEAD_GET_TAG, TAG, tag),
                    "EVP_CIPHER_CTX_ctrl");
        }

        private boolean openAt(byte[] aad, long from, long to, int length) {
            check(
                    Libcrypto.control(context, Libcrypto.EVP_CTRL_AEAD_SET_TAG, TAG, from + length),
                    "EVP_CIPHER_CTX_ctrl");
            crypt(aad, from, to, length);
            return Libcrypto.finish(context, to + length, outLength) == 1;
        }

        private ByteBuffer copyOfAad(byte[] aad) {
            if (aadMemory.capacity() < aad.length) {
                aadMemory = ByteBuffer.allocateDirect(aad.length);
            }
            return aadMemory.put(0, aad);
        }

        private ByteBuffer textMemory(int length) {
            if (textMemory.capacity() < length) {
                textMemory = ByteBuffer.allocateDirect((length + GRANULE - 1) / GRANULE * GRANULE);
            }
            return textMemory.clear().limit(length);
        }

        /// Of the byte at the buffer's position.
        private static long address(ByteBuffer direct) {
            return MemorySegment.ofBuffer(direct).address();
        }

        private static void check(int result, String function) {
            if (result != 1) {
                throw new IllegalStateException(function + " failed");
            }
        }

        @Override
        public void close() {
            if (open) {
                open = false;
                Libcrypto.freeContext(context);
            }
        }
    }
}
