package dev.remora.crypto;

/// The key derivation of Noise (its section 4.3; WireGuard's KDF1 to KDF3): HKDF (RFC 5869) with HMAC-BLAKE2s and an
/// empty info, where the salt is the chaining key.
public final class Hkdf {
    private Hkdf() {}

    /// Derives `outputs` (1 to 3) keys of 32 bytes. `input` may be empty.
    public static byte[][] derive(byte[] chainingKey, byte[] input, int outputs) {
        byte[] pseudoRandomKey = Blake2s.hmac(chainingKey, input);
        byte[][] keys = new byte[outputs][];
        byte[] previous = new byte[0];
        for (int i = 0; i < outputs; i++) {
            previous = Blake2s.hmac(pseudoRandomKey, previous, new byte[] {(byte) (i + 1)});
            keys[i] = previous;
        }
        return keys;
    }
}
