package dev.remora.proto.wireguard;

import dev.remora.base.MalformedException;
import dev.remora.crypto.Blake2s;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.XAead;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The MACs on handshake messages to one peer, and the cookie it gave us.
final class CookieJar {
    private final byte[] mac1Key;
    private final byte[] cookieKey;
    private byte @Nullable [] lastMac1;
    private byte @Nullable [] cookie;
    private long cookieAt;

    CookieJar(NodeKey peer) {
        mac1Key = mac1Key(peer);
        cookieKey = cookieKey(peer);
    }

    /// What MAC1 of messages to a node is keyed with: public, so it only keeps out who does not know whom he talks to.
    static byte[] mac1Key(NodeKey recipient) {
        return labelled("mac1----", recipient);
    }

    /// What cookies from a node are sealed with.
    static byte[] cookieKey(NodeKey replying) {
        return labelled("cookie--", replying);
    }

    private static byte[] labelled(String label, NodeKey key) {
        return Blake2s.hash(label.getBytes(StandardCharsets.US_ASCII), key.bytes().toBytes());
    }

    /// Fills in both MACs of a message whose last 32 bytes they are.
    void sign(byte[] message, long now) {
        int mac1At = message.length - Message.MACS;
        int mac2At = message.length - Message.MAC;
        byte[] mac1 = Blake2s.mac16(mac1Key, Arrays.copyOf(message, mac1At));
        System.arraycopy(mac1, 0, message, mac1At, Message.MAC);
        lastMac1 = mac1;
        if (cookie != null && now - cookieAt < Limits.COOKIE_LIFETIME) {
            byte[] mac2 = Blake2s.mac16(cookie, Arrays.copyOf(message, mac2At));
            System.arraycopy(mac2, 0, message, mac2At, Message.MAC);
        }
    }

    /// Keeps the cookie for the messages to come.
    ///
    /// @throws MalformedException if it does not answer the last message we signed
    void onReply(Message.CookieReply reply, long now) throws MalformedException {
        if (lastMac1 == null) {
            throw new MalformedException("cookie reply to nothing");
        }
        cookie = XAead.open(cookieKey, reply.nonce(), lastMac1, reply.sealedCookie());
        cookieAt = now;
    }
}
