package dev.remora.crypto;

import dev.remora.base.Bytes;
import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;

/// NaCl's `crypto_box`: X25519, then XSalsa20-Poly1305. What disco messages and DERP greetings are sealed with.
///
///     0      16
///     |  tag  |  ciphertext, as long as the plaintext |
public final class NaclBox {
    public static final int NONCE_LENGTH = 24;

    /// By how much a box is longer than what is in it.
    public static final int OVERHEAD = 16;

    private NaclBox() {}

    /// What two key pairs share, worked out once for any number of boxes in both directions.
    ///
    /// @throws MalformedException if the public key is of low order
    public static BoxKey precompute(Curve25519Secret ours, Bytes32 theirs)
            throws MalformedException {
        return new BoxKey(Salsa20.hsalsa(ours.agree(theirs), new byte[16]));
    }

    /// Seals and opens boxes between two parties.
    public static final class BoxKey {
        private final byte[] key;

        private BoxKey(byte[] key) {
            this.key = key;
        }

        /// Seals what remains of `plain`. A nonce must never be used twice.
        public byte[] seal(byte[] nonce, ByteBuffer plain) {
            byte[] message = Bytes.take(plain, plain.remaining());
            byte[] stream = stream(nonce, message.length);
            byte[] box = new byte[OVERHEAD + message.length];
            mask(message, 0, stream, box, OVERHEAD, message.length);
            System.arraycopy(tag(stream, box), 0, box, 0, OVERHEAD);
            return box;
        }

        /// Seals with a random nonce, which stands before the box in the result: how disco and DERP send boxes.
        public byte[] sealWithNonce(RandomGenerator random, ByteBuffer plain) {
            byte[] nonce = new byte[NONCE_LENGTH];
            random.nextBytes(nonce);
            byte[] box = seal(nonce, plain);
            byte[] message = Arrays.copyOf(nonce, NONCE_LENGTH + box.length);
            System.arraycopy(box, 0, message, NONCE_LENGTH, box.length);
            return message;
        }

        /// Opens what remains of `box`.
        ///
        /// @throws MalformedException if it was not sealed with this key and nonce
        public byte[] open(byte[] nonce, ByteBuffer box) throws MalformedException {
            Bytes.need(box, OVERHEAD, "box");
            byte[] sealed = Bytes.take(box, box.remaining());
            byte[] stream = stream(nonce, sealed.length - OVERHEAD);
            if (!MessageDigest.isEqual(tag(stream, sealed), Arrays.copyOf(sealed, OVERHEAD))) {
                throw new MalformedException("box does not open");
            }
            byte[] plain = new byte[sealed.length - OVERHEAD];
            mask(sealed, OVERHEAD, stream, plain, 0, plain.length);
            return plain;
        }

        /// Opens what [#sealWithNonce] makes.
        public byte[] openWithNonce(ByteBuffer nonceAndBox) throws MalformedException {
            Bytes.need(nonceAndBox, NONCE_LENGTH + OVERHEAD, "box");
            return open(Bytes.take(nonceAndBox, NONCE_LENGTH), nonceAndBox);
        }

        /// The key of the authenticator (32 bytes), then the key stream for the message.
        private byte[] stream(byte[] nonce, int length) {
            if (nonce.length != NONCE_LENGTH) {
                throw new IllegalArgumentException("the nonce of a box has 24 bytes");
            }
            byte[] subKey = Salsa20.hsalsa(key, Arrays.copyOf(nonce, 16));
            return Salsa20.stream(
                    subKey, Arrays.copyOfRange(nonce, 16, NONCE_LENGTH), Bytes32.LENGTH + length);
        }

        private static void mask(
                byte[] in, int inAt, byte[] stream, byte[] out, int outAt, int length) {
            for (int i = 0; i < length; i++) {
                out[outAt + i] = (byte) (in[inAt + i] ^ stream[Bytes32.LENGTH + i]);
            }
        }

        private static byte[] tag(byte[] stream, byte[] box) {
            Poly1305 authenticator = new Poly1305();
            authenticator.init(new KeyParameter(stream, 0, Bytes32.LENGTH));
            authenticator.update(box, OVERHEAD, box.length - OVERHEAD);
            byte[] tag = new byte[OVERHEAD];
            authenticator.doFinal(tag, 0);
            return tag;
        }
    }
}
