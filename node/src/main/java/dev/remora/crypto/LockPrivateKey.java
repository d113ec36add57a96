package dev.remora.crypto;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import java.util.random.RandomGenerator;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/// The secret half of a [LockKey]: an Ed25519 seed (RFC 8032) with its public key.
public final class LockPrivateKey {
    private static final String PREFIX = "nlpriv:";
    private static final int HEX_DIGITS = 64;

    private final Bytes32 seed;
    private final LockKey publicKey;

    private LockPrivateKey(Bytes32 seed) {
        byte[] point = new byte[Ed25519.PUBLIC_KEY_SIZE];
        Ed25519.generatePublicKey(seed.toBytes(), 0, point, 0);
        this.seed = seed;
        this.publicKey = new LockKey(Bytes32.of(point));
    }

    /// A new key. `random` must be a cryptographic source outside of tests.
    public static LockPrivateKey generate(RandomGenerator random) {
        byte[] seed = new byte[Bytes32.LENGTH];
        random.nextBytes(seed);
        return new LockPrivateKey(Bytes32.of(seed));
    }

    /// Reads what [#text] writes; the public half in it must belong to the seed.
    public static LockPrivateKey parse(String text) throws MalformedException {
        if (text.length() != PREFIX.length() + 2 * HEX_DIGITS) {
            throw new MalformedException("lock key of a wrong length");
        }
        int middle = PREFIX.length() + HEX_DIGITS;
        LockPrivateKey key = new LockPrivateKey(KeyText.parse(PREFIX, text.substring(0, middle)));
        if (!Bytes32.parseHex(text.substring(middle)).equals(key.publicKey.bytes())) {
            throw new MalformedException("lock key whose halves do not belong together");
        }
        return key;
    }

    /// `nlpriv:`, the seed and the public key in hexadecimal: for the state file and for nothing else.
    public String text() {
        return PREFIX + seed.hex() + publicKey.bytes().hex();
    }

    public LockKey publicKey() {
        return publicKey;
    }

    /// Names the public half, never the secret.
    @Override
    public String toString() {
        return "LockPrivateKey of " + publicKey;
    }
}
