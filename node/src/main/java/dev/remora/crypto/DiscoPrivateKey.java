package dev.remora.crypto;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import java.util.random.RandomGenerator;

/// The secret half of a [DiscoKey].
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

    /// Reads what [#text] writes.
    public static DiscoPrivateKey parse(String text) throws MalformedException {
        return of(KeyText.parse(KeyText.PRIVATE, text));
    }

    /// `privkey:` and the secret in hexadecimal: for a file that only we can read.
    public String text() {
        return KeyText.PRIVATE + Bytes32.of(secretBytes()).hex();
    }

    public DiscoKey publicKey() {
        return new DiscoKey(publicBytes());
    }
}
