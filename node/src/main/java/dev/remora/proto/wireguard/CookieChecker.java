package dev.remora.proto.wireguard;

import dev.remora.crypto.Blake2s;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.XAead;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// The MACs on handshake messages to us, and the cookies we give out. Keeps nothing for each source: a cookie is a MAC
/// over the source under a secret of ours, so whoever shows it again did receive it there.
final class CookieChecker {
    private final byte[] mac1Key;
    private final byte[] cookieKey;
    private final RandomGenerator random;
    private final byte[] secret = new byte[32];
    private long secretUntil = -1;

    CookieChecker(NodeKey self, RandomGenerator random) {
        this.mac1Key = CookieJar.mac1Key(self);
        this.cookieKey = CookieJar.cookieKey(self);
        this.random = random;
    }

    /// Whether the message was made by somebody who knows our key.
    boolean mac1Fits(byte[] message) {
        int mac1At = message.length - Message.MACS;
        byte[] expected = Blake2s.mac16(mac1Key, Arrays.copyOf(message, mac1At));
        return MessageDigest.isEqual(expected, mac1(message));
    }

    /// Whether the message carries the cookie that we gave to this source.
    boolean mac2Fits(byte[] message, Source source, long now) {
        if (now >= secretUntil) {
            return false;
        }
        int mac2At = message.length - Message.MAC;
        byte[] expected = Blake2s.mac16(cookie(source), Arrays.copyOf(message, mac2At));
        return MessageDigest.isEqual(expected, Arrays.copyOfRange(message, mac2At, message.length));
    }

    /// The answer to a message without cookie.
    Message.CookieReply reply(int sender, byte[] message, Source source, long now) {
        if (now >= secretUntil) {
            random.nextBytes(secret);
            secretUntil = now + Limits.COOKIE_LIFETIME;
        }
        byte[] nonce = new byte[XAead.NONCE_LENGTH];
        random.nextBytes(nonce);
        byte[] sealed = XAead.seal(cookieKey, nonce, mac1(message), cookie(source));
        return new Message.CookieReply(sender, nonce, sealed);
    }

    private byte[] cookie(Source source) {
        return Blake2s.mac16(secret, source.cookieInput());
    }

    private static byte[] mac1(byte[] message) {
        int mac1At = message.length - Message.MACS;
        return Arrays.copyOfRange(message, mac1At, mac1At + Message.MAC);
    }
}
