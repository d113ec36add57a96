package dev.remora.crypto;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import java.security.MessageDigest;
import java.util.random.RandomGenerator;

/// What all X25519 private keys share: 32 secret bytes that do not print themselves.
public abstract sealed class Curve25519Secret
        permits MachinePrivateKey, NodePrivateKey, DiscoPrivateKey, EphemeralKey {
    private final byte[] secret;
    private final Bytes32 publicBytes;

    Curve25519Secret(byte[] secret) {
        this.secret = secret.clone();
        this.publicBytes = X25519.publicKey(secret);
    }

    /// The secret itself, a copy of it. For key agreement and for the state file only.
    public final byte[] secretBytes() {
        return secret.clone();
    }

    /// The public half, without its type.
    public final Bytes32 publicBytes() {
        return publicBytes;
    }

    /// X25519 with another's public key.
    ///
    /// @throws MalformedException if that key is a point of low order
    public final byte[] agree(Bytes32 other) throws MalformedException {
        return X25519.shared(secret, other);
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof Curve25519Secret that
                && getClass() == that.getClass()
                && MessageDigest.isEqual(secret, that.secret);
    }

    @Override
    public final int hashCode() {
        return publicBytes.hashCode();
    }

    /// Names the public half, never the secret.
    @Override
    public final String toString() {
        return getClass().getSimpleName() + " of " + KeyText.brief(publicBytes);
    }

    static byte[] random(RandomGenerator random) {
        byte[] secret = new byte[Bytes32.LENGTH];
        random.nextBytes(secret);
        return X25519.clamp(secret);
    }
}
