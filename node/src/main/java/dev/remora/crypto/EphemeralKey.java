package dev.remora.crypto;

import java.util.random.RandomGenerator;

/// An X25519 key pair for one handshake: made for it, and forgotten when it ends.
public final class EphemeralKey extends Curve25519Secret {
    private EphemeralKey(byte[] secret) {
        super(secret);
    }

    /// A new key. `random` must be a cryptographic source outside of tests.
    public static EphemeralKey generate(RandomGenerator random) {
        return new EphemeralKey(random(random));
    }
}
