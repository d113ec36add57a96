package dev.remora.crypto;

import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha): ChaCha20-Poly1305 with a 24-byte nonce that may be random. WireGuard
/// seals its cookies with it.
public final class XAead {
    public static final int NONCE_LENGTH = 24;

    private XAead() {}

    public static byte[] seal(byte[] key32, byte[] nonce, byte[] aad, byte[] plain) {
        byte[] sealed = new byte[plain.length + AeadKey.TAG];
        try (AeadKey key = subKey(key32, nonce)) {
            key.seal(0, tail(nonce), aad, ByteBuffer.wrap(plain), ByteBuffer.wrap(sealed));
        }
        return sealed;
    }

    /// @throws MalformedException if it was not sealed with this key, nonce and additional data
    public static byte[] open(byte[] key32, byte[] nonce, byte[] aad, byte[] sealed)
            throws MalformedException {
        byte[] plain = new byte[Math.max(0, sealed.length - AeadKey.TAG)];
        try (AeadKey key = subKey(key32, nonce)) {
            if (!key.open(0, tail(nonce), aad, ByteBuffer.wrap(sealed), ByteBuffer.wrap(plain))) {
                throw new MalformedException("does not open");
            }
        }
        return plain;
    }

    private static AeadKey subKey(byte[] key32, byte[] nonce) {
        if (nonce.length != NONCE_LENGTH) {
            throw new IllegalArgumentException("the nonce of XChaCha20 has 24 bytes");
        }
        return Aead.jdk().key(Salsa20.hchacha(key32, Arrays.copyOf(nonce, 16)));
    }

    private static long tail(byte[] nonce) {
        return ByteBuffer.wrap(nonce, 16, 8).getLong();
    }
}
