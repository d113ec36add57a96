package dev.remora.proto.noise;

import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.AeadKey;
import dev.remora.crypto.Blake2s;
import dev.remora.crypto.Hkdf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// What both sides of a Noise handshake keep in step (Noise, section 5.2): a chaining key that secrets are mixed into,
/// a hash of all that was said, and the key that follows from both.
///
/// In the IK patterns each key seals at most one text before the next secret is mixed in, so the nonce is always 0.
public final class SymmetricState {
    private static final byte[] EMPTY = new byte[0];

    private final Aead aead;
    private byte[] chainingKey;
    private byte[] hash;
    private byte[] key = EMPTY;

    /// @param protocol the Noise protocol's name, longer than 32 characters as all of ours are
    /// @param prologue what both sides must agree on beforehand
    public SymmetricState(Aead aead, String protocol, byte[] prologue) {
        this.aead = aead;
        this.chainingKey = Blake2s.hash(protocol.getBytes(StandardCharsets.US_ASCII));
        this.hash = Blake2s.hash(chainingKey, prologue);
    }

    /// A second state in step with the first, to go on with on trial.
    public SymmetricState(SymmetricState other) {
        this.aead = other.aead;
        this.chainingKey = other.chainingKey;
        this.hash = other.hash;
        this.key = other.key;
    }

    public void mixHash(byte[] data) {
        hash = Blake2s.hash(hash, data);
    }

    public void mixKey(byte[] secret) {
        byte[][] keys = Hkdf.derive(chainingKey, secret, 2);
        chainingKey = keys[0];
        key = keys[1];
    }

    /// Mixes in a key both sides know beforehand (Noise, section 9.2).
    public void mixKeyAndHash(byte[] preshared) {
        byte[][] keys = Hkdf.derive(chainingKey, preshared, 3);
        chainingKey = keys[0];
        mixHash(keys[1]);
        key = keys[2];
    }

    /// Seals with the key that follows from all that was mixed in so far; the result is 16 bytes longer.
    public byte[] sealAndHash(byte[] plain) {
        byte[] sealed = new byte[plain.length + AeadKey.TAG];
        try (AeadKey cipher = aead.key(key)) {
            cipher.seal(0, 0, hash, ByteBuffer.wrap(plain), ByteBuffer.wrap(sealed));
        }
        mixHash(sealed);
        return sealed;
    }

    /// Opens what the other side's [#sealAndHash] made.
    ///
    /// @param what names the text in the exception
    public byte[] openAndHash(byte[] sealed, String what) throws MalformedException {
        byte[] plain = new byte[Math.max(0, sealed.length - AeadKey.TAG)];
        try (AeadKey cipher = aead.key(key)) {
            if (!cipher.open(0, 0, hash, ByteBuffer.wrap(sealed), ByteBuffer.wrap(plain))) {
                throw new MalformedException(what + " does not open");
            }
        }
        mixHash(sealed);
        return plain;
    }

    /// The two keys of the session: for what the initiator sends, and for what it receives.
    public TransportKeys split() {
        byte[][] keys = Hkdf.derive(chainingKey, EMPTY, 2);
        return new TransportKeys(keys[0], keys[1]);
    }

    /// The hash of the whole conversation so far.
    public byte[] hash() {
        return hash.clone();
    }

    /// The keys that [#split] makes, 32 bytes each.
    @SuppressWarnings("ArrayRecordComponent") // handed on at once, never compared
    public record TransportKeys(byte[] initiatorSends, byte[] responderSends) {
        /// Does not show the keys.
        @Override
        public String toString() {
            return "TransportKeys";
        }
    }
}
