package dev.remora.crypto;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import java.util.random.RandomGenerator;

/// The secret half of a [MachineKey]: made once for an installation.
public final class MachinePrivateKey extends Curve25519Secret {
    private MachinePrivateKey(byte[] secret) {
        super(secret);
    }

    /// A new key. `random` must be a cryptographic source outside of tests.
    public static MachinePrivateKey generate(RandomGenerator random) {
        return new MachinePrivateKey(random(random));
    }

    public static MachinePrivateKey of(Bytes32 secret) {
        return new MachinePrivateKey(secret.toBytes());
    }

    /// Reads what [#text] writes.
    public static MachinePrivateKey parse(String text) throws MalformedException {
        return of(KeyText.parse(KeyText.PRIVATE, text));
    }

    /// `privkey:` and the secret in hexadecimal: for the state file and for nothing else.
    public String text() {
        return KeyText.PRIVATE + Bytes32.of(secretBytes()).hex();
    }

    public MachineKey publicKey() {
        return new MachineKey(publicBytes());
    }
}
