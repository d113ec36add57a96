package dev.remora.crypto;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import java.util.random.RandomGenerator;

/// The secret half of a [NodeKey]: kept across restarts, replaced when the key expires.
public final class NodePrivateKey extends Curve25519Secret {
    private NodePrivateKey(byte[] secret) {
        super(secret);
    }

    /// A new key. `random` must be a cryptographic source outside of tests.
    public static NodePrivateKey generate(RandomGenerator random) {
        return new NodePrivateKey(random(random));
    }

    public static NodePrivateKey of(Bytes32 secret) {
        return new NodePrivateKey(secret.toBytes());
    }

    /// Reads what [#text] writes.
    public static NodePrivateKey parse(String text) throws MalformedException {
        return of(KeyText.parse(KeyText.PRIVATE, text));
    }

    /// `privkey:` and the secret in hexadecimal: for the state file and for nothing else.
    public String text() {
        return KeyText.PRIVATE + Bytes32.of(secretBytes()).hex();
    }

    public NodeKey publicKey() {
        return new NodeKey(publicBytes());
    }
}
