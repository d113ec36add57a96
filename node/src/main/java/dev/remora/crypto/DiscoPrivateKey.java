package dev.remora.crypto;

import dev.remora.base.Bytes32;
import java.util.random.RandomGenerator;

/// The secret half of a [DiscoKey]: made at each start, never stored, so it has no text form.
public final class DiscoPrivateKey extends Curve25519Secret {
    private DiscoPrivateKey(byte[] secret) {
        super(secret);
    }

    /// A new key. `random` must be a cryptographic source outside of tests.
    public static DiscoPrivateKey generate(RandomGenerator random) {
        return new DiscoPrivateKey(random(random));
    }

    public static DiscoPrivateKey of(Bytes32 secret) {
        return new DiscoPrivateKey(secret.toBytes());
    }

    public DiscoKey publicKey() {
        return new DiscoKey(publicBytes());
    }
}
