package dev.remora.crypto;

import java.util.Optional;

/// An implementation of ChaCha20-Poly1305 (RFC 8439).
public interface Aead {
    /// Which implementation this is, for people: `libcrypto (OpenSSL 3.0.19 …)`, or `jdk` and why not libcrypto.
    String name();

    /// Prepares a key of 32 bytes.
    AeadKey key(byte[] key32);

    /// The JDK's cipher, there always.
    static Aead jdk() {
        return new JdkAead("jdk");
    }

    /// OpenSSL's libcrypto, if this machine has it and it passed its self-test.
    static Optional<Aead> libcrypto() {
        return Optional.ofNullable(BestAead.LIBCRYPTO);
    }

    /// The faster one of those that work here.
    static Aead best() {
        return BestAead.BEST;
    }
}
