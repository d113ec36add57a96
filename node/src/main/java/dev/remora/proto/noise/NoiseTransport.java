package dev.remora.proto.noise;

import dev.remora.base.Bytes;
import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.AeadKey;
import java.nio.ByteBuffer;

/// The records of a control connection, after the handshake, in both directions.
///
///     0      1          3
///     | 4    | length n | n bytes: ciphertext, tag |        n ≤ 4093
///
/// Where one record ends means nothing to what is inside: both sides carry a stream. Each direction counts its own
/// nonces from 0, **big-endian**, unlike Noise prescribes. There is no way on after a record that does not open.
public final class NoiseTransport implements AutoCloseable {
    /// The longest record with its header.
    public static final int MAX_RECORD = 4096;

    /// The longest text in one record.
    public static final int MAX_PLAIN = MAX_RECORD - NoiseIk.HEADER - AeadKey.TAG;

    private static final byte[] NO_AAD = new byte[0];
    private static final long LAST_NONCE = -1;

    private final AeadKey sending;
    private final AeadKey receiving;
    private final Bytes32 handshakeHash;
    private long sent;
    private long received;
    private boolean broken;

    NoiseTransport(Aead aead, byte[] sendingKey, byte[] receivingKey, Bytes32 handshakeHash) {
        this.sending = aead.key(sendingKey);
        this.receiving = aead.key(receivingKey);
        this.handshakeHash = handshakeHash;
    }

    /// How long `plain` bytes are as records.
    public static int sealedLength(int plain) {
        int records = (plain + MAX_PLAIN - 1) / MAX_PLAIN;
        return plain + records * (NoiseIk.HEADER + AeadKey.TAG);
    }

    /// Seals all that remains of `plain`, as one or more records, none if it is empty. `out` must have room for
    /// [#sealedLength] of it.
    public void seal(ByteBuffer plain, ByteBuffer out) {
        int end = plain.limit();
        while (plain.position() < end) {
            plain.limit(Math.min(end, plain.position() + MAX_PLAIN));
            sealRecord(plain, out);
            plain.limit(end);
        }
    }

    /// Seals all that remains of `plain`, at most [#MAX_PLAIN] and perhaps nothing, as one record.
    public void sealRecord(ByteBuffer plain, ByteBuffer out) {
        if (sent == LAST_NONCE) {
            throw new IllegalStateException("all nonces of this connection are used up");
        }
        NoiseIk.putHeader(out, NoiseIk.TYPE_RECORD, plain.remaining() + AeadKey.TAG);
        sending.seal(0, sent++, NO_AAD, plain, out);
    }

    /// Opens the next record from what has arrived so far, into `out`, which needs room for [#MAX_PLAIN] bytes.
    /// `in` and `out` must be different memory. To be called until it answers false; a record may turn out to be empty.
    ///
    /// @return false, and nothing taken, if no whole record is there
    /// @throws MalformedException if the connection is beyond repair: close it
    public boolean open(ByteBuffer in, ByteBuffer out) throws MalformedException {
        if (broken) {
            throw new MalformedException("record after one that did not open");
        }
        if (in.remaining() < NoiseIk.HEADER) {
            return false;
        }
        int type = Bytes.u8(in, in.position());
        int length = NoiseIk.length(in, in.position() + 1);
        check(type == NoiseIk.TYPE_RECORD, "frame that is no record");
        check(length <= MAX_RECORD - NoiseIk.HEADER, "record longer than 4096 bytes");
        if (in.remaining() < NoiseIk.HEADER + length) {
            return false;
        }
        openRecord(in, length, out);
        return true;
    }

    private void openRecord(ByteBuffer in, int length, ByteBuffer out) throws MalformedException {
        int end = in.limit();
        in.position(in.position() + NoiseIk.HEADER).limit(in.position() + length);
        boolean opened = received != LAST_NONCE && receiving.open(0, received++, NO_AAD, in, out);
        in.limit(end);
        check(opened, "record does not open");
    }

    private void check(boolean good, String otherwise) throws MalformedException {
        if (!good) {
            broken = true;
            throw new MalformedException(otherwise);
        }
    }

    /// The hash of the handshake: the same on both sides and on no other connection.
    public Bytes32 handshakeHash() {
        return handshakeHash;
    }

    /// Frees the keys.
    @Override
    public void close() {
        sending.close();
        receiving.close();
    }
}
