package dev.remora.proto.disco;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.NaclBox;
import java.nio.ByteBuffer;

/// A sealed disco message, the same bytes over UDP, inside a DERP frame and behind a Geneve header. A view: it reads
/// the buffer it was made of and moves none of its positions.
///
///     0             6                   38         62       78
///     | magic       | sender's disco    | nonce    | tag    | ciphertext of a DiscoMessage |
///     | 54 53 f0 9f 92 ac
///
/// Nonce and box are NaCl's `crypto_box` from the sender's disco key to the receiver's.
public record DiscoPacket(ByteBuffer bytes) {
    /// By how much a packet is longer than the message in it.
    public static final int OVERHEAD = 78;

    private static final int MAGIC_HEAD = 0x5453f09f;
    private static final short MAGIC_TAIL = (short) 0x92ac;
    private static final int SENDER = 6;
    private static final int NONCE = SENDER + Bytes32.LENGTH;
    private static final int BOX = NONCE + NaclBox.NONCE_LENGTH;

    /// Whether what remains of `datagram` is meant as disco: by magic and length, before any key is looked at.
    public static boolean looksLikeDisco(ByteBuffer datagram) {
        return looksLikeDisco(datagram, 0);
    }

    /// The same question about the bytes that start `skip` behind the position, which is never behind the limit.
    public static boolean looksLikeDisco(ByteBuffer datagram, int skip) {
        int at = datagram.position() + skip;
        return datagram.limit() - at >= BOX
                && datagram.getInt(at) == MAGIC_HEAD
                && datagram.getShort(at + Integer.BYTES) == MAGIC_TAIL;
    }

    public static DiscoPacket of(ByteBuffer datagram) throws MalformedException {
        if (!looksLikeDisco(datagram)) {
            throw new MalformedException("not a disco packet");
        }
        return new DiscoPacket(datagram);
    }

    /// Who claims to have sent this; proven by nothing but a successful [#open].
    public DiscoKey sender() {
        return new DiscoKey(Bytes32.read(from(SENDER)));
    }

    /// Opens the box with what we share with the sender and reads the message.
    public DiscoMessage open(NaclBox.BoxKey shared) throws MalformedException {
        return DiscoMessage.parse(ByteBuffer.wrap(shared.openWithNonce(from(NONCE))));
    }

    /// Writes a whole packet: [#OVERHEAD] bytes more than the message is long. A nonce must never be used twice.
    public static void seal(
            DiscoKey sender,
            NaclBox.BoxKey shared,
            byte[] nonce,
            DiscoMessage message,
            ByteBuffer out) {
        ByteBuffer plain = ByteBuffer.allocate(message.length());
        message.writeTo(plain);
        out.putInt(MAGIC_HEAD).putShort(MAGIC_TAIL);
        sender.bytes().write(out);
        out.put(nonce).put(shared.seal(nonce, plain.flip()));
    }

    private ByteBuffer from(int offset) {
        return bytes.slice(bytes.position() + offset, bytes.remaining() - offset);
    }
}
