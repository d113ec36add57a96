package dev.remora.crypto;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;

/// Diffie-Hellman on Curve25519 (RFC 7748).
public final class X25519 {
    public static final int SECRET_LENGTH = 32;

    private X25519() {}

    /// The public key of a secret, clamped or not.
    public static Bytes32 publicKey(byte[] secret) {
        checkLength(secret);
        byte[] point = new byte[Bytes32.LENGTH];
        org.bouncycastle.math.ec.rfc7748.X25519.scalarMultBase(secret, 0, point, 0);
        return Bytes32.of(point);
    }

    /// The secret two sides share.
    ///
    /// @throws MalformedException if the result is all zero, which means that the other side chose a point of low
    ///     order (RFC 7748, section 6.1)
    public static byte[] shared(byte[] secret, Bytes32 otherPublicKey) throws MalformedException {
        checkLength(secret);
        byte[] shared = new byte[Bytes32.LENGTH];
        if (!org.bouncycastle.math.ec.rfc7748.X25519.calculateAgreement(
                secret, 0, otherPublicKey.toBytes(), 0, shared, 0)) {
            throw new MalformedException("public key of low order");
        }
        return shared;
    }

    /// Makes 32 random bytes a scalar in the form RFC 7748 section 5 asks for, in place.
    public static byte[] clamp(byte[] secret) {
        secret[0] &= (byte) 0xf8;
        secret[31] = (byte) (secret[31] & 0x7f | 0x40);
        return secret;
    }

    private static void checkLength(byte[] secret) {
        if (secret.length != SECRET_LENGTH) {
            throw new IllegalArgumentException(
                    "an X25519 secret has 32 bytes, not " + secret.length);
        }
    }
}
