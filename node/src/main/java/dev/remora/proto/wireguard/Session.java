package dev.remora.proto.wireguard;

import dev.remora.crypto.Aead;
import dev.remora.crypto.AeadKey;
import java.nio.ByteBuffer;

/// One pair of keys, agreed on in one handshake: counts what is sent, and what came in.
final class Session implements AutoCloseable {
    /// What stands before the ciphertext: type, receiver index and counter.
    static final int HEADER = 16;

    /// What may stand behind the plaintext: padding and the tag.
    static final int TRAILER = 15 + AeadKey.TAG;

    private static final byte[] NO_AAD = new byte[0];
    private static final int TYPE_BIG_ENDIAN = Integer.reverseBytes(Message.TRANSPORT);

    private final PeerTunnel tunnel;
    private final AeadKey sending;
    private final AeadKey receiving;
    private final int localIndex;
    private final int remoteIndex;
    private final boolean initiator;
    private final long createdAt;
    private final ReplayWindow received = new ReplayWindow();
    private long sent;

    Session(
            PeerTunnel tunnel,
            Aead aead,
            byte[] sendingKey,
            byte[] receivingKey,
            int localIndex,
            int remoteIndex,
            boolean initiator,
            long createdAt) {
        this.tunnel = tunnel;
        this.sending = aead.key(sendingKey);
        this.receiving = aead.key(receivingKey);
        this.localIndex = localIndex;
        this.remoteIndex = remoteIndex;
        this.initiator = initiator;
        this.createdAt = createdAt;
    }

    PeerTunnel tunnel() {
        return tunnel;
    }

    int localIndex() {
        return localIndex;
    }

    boolean isInitiator() {
        return initiator;
    }

    long age(long now) {
        return now - createdAt;
    }

    boolean canSend(long now) {
        return age(now) < Limits.REJECT_AFTER_TIME
                && Long.compareUnsigned(sent, Limits.REJECT_AFTER_MESSAGES) < 0;
    }

    /// Whether it is time for a new session, from the sender's point of view.
    boolean wantsRekey(long now) {
        return Long.compareUnsigned(sent, Limits.REKEY_AFTER_MESSAGES) > 0
                || initiator && age(now) > Limits.REKEY_AFTER_TIME;
    }

    /// Can still open what was under way, but seals no more.
    void stopSending() {
        sent = Limits.REJECT_AFTER_MESSAGES;
    }

    /// Seals the packet between position and limit in place and makes the buffer's contents the whole datagram. Needs
    /// [#HEADER] bytes before it and [#TRAILER] behind.
    void seal(ByteBuffer packet, int mtu) {
        int start = packet.position() - HEADER;
        int padding = padding(packet.remaining(), mtu);
        packet.limit(packet.limit() + padding + AeadKey.TAG);
        int textEnd = packet.limit() - AeadKey.TAG;
        for (int i = textEnd - padding; i < textEnd; i++) {
            packet.put(i, (byte) 0);
        }
        packet.putInt(start, TYPE_BIG_ENDIAN);
        packet.putInt(start + 4, Integer.reverseBytes(remoteIndex));
        long counter = Long.reverseBytes(sent++);
        packet.putLong(start + 8, counter);
        sending.sealInPlace(0, counter, NO_AAD, packet, textEnd - packet.position());
        packet.position(start);
    }

    /// Up to the next multiple of 16, but never beyond the MTU; packets longer than that count from its last multiple.
    static int padding(int length, int mtu) {
        int lastUnit = length > mtu ? length % mtu : length;
        return Math.min(lastUnit + 15 & ~15, mtu) - lastUnit;
    }

    /// Opens a transport message in place and makes the buffer's contents the plaintext. False if it is forged.
    boolean open(ByteBuffer datagram) {
        int start = datagram.position() + HEADER;
        int end = datagram.limit() - AeadKey.TAG;
        long counter = datagram.getLong(datagram.position() + 8);
        datagram.position(start);
        if (!receiving.openInPlace(0, counter, NO_AAD, datagram)) {
            return false;
        }
        datagram.position(start).limit(end);
        return true;
    }

    /// Whether this is the counter's first time; only for a message that opened.
    boolean isNew(long counter) {
        return received.accept(counter);
    }

    static int receiver(ByteBuffer datagram) {
        return Integer.reverseBytes(datagram.getInt(datagram.position() + 4));
    }

    static long counter(ByteBuffer datagram) {
        return Long.reverseBytes(datagram.getLong(datagram.position() + 8));
    }

    @Override
    public void close() {
        sending.close();
        receiving.close();
    }
}
