package dev.remora.crypto;

import java.nio.ByteBuffer;

/// One ChaCha20-Poly1305 key, ready for use. For one thread at a time; closing it frees what it holds outside of the
/// Java heap, and it must not be used afterwards.
///
/// A nonce is twelve bytes, given as a 4-byte head and an 8-byte tail, both big-endian. **No nonce may be sealed with
/// twice**: whoever holds the key counts. (Some implementations refuse the repetition, others cannot notice it.)
///
/// Buffers may be direct or on the heap. `in` and `out` may be the same memory if the text starts at the same byte of
/// both, and must not overlap otherwise.
public interface AeadKey extends AutoCloseable {
    /// By how many bytes sealed text is longer than plain text.
    int TAG = 16;

    /// Seals what remains of `in` into `out`, the tag last, and advances both positions past it.
    ///
    /// @param aad bytes that are authenticated along, may be empty
    void seal(int nonceHead, long nonceTail, byte[] aad, ByteBuffer in, ByteBuffer out);

    /// Opens what remains of `in`, which ends with the tag, into `out`, and advances both positions past it.
    ///
    /// @return false if this is not what was sealed: then the positions stay, and what `out` got must not be looked at
    boolean open(int nonceHead, long nonceTail, byte[] aad, ByteBuffer in, ByteBuffer out);

    /// Seals the next `length` bytes of `buffer` where they are, puts the tag behind them, and advances the position past it.
    ///
    /// @param aad bytes that are authenticated along, may be empty
    default void sealInPlace(
            int nonceHead, long nonceTail, byte[] aad, ByteBuffer buffer, int length) {
        ByteBuffer in = buffer.duplicate().limit(buffer.position() + length);
        seal(nonceHead, nonceTail, aad, in, buffer);
    }

    /// Opens what remains of `buffer` where it is, and advances the position past the plain text.
    ///
    /// @return false if this is not what was sealed: then the position stays, and the bytes must not be looked at
    default boolean openInPlace(int nonceHead, long nonceTail, byte[] aad, ByteBuffer buffer) {
        return open(nonceHead, nonceTail, aad, buffer.duplicate(), buffer);
    }

    @Override
    void close();
}
