package dev.remora.server.tailnet;

import dev.remora.base.Bytes32;
import dev.remora.proto.control.AuthKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How our auth keys look: `remora-auth-`, 12 hexadecimal digits to find it by, `-`, and 64 that are the secret.
///
/// A secret of 256 random bits needs no slow hash. Never prints itself.
final class KeySecret {
    private static final Pattern FORM =
            Pattern.compile("remora-auth-([0-9a-f]{12})-([0-9a-f]{64})");
    private static final int LOOKUP_BYTES = 6;

    private final String lookup;
    private final String secret;

    private KeySecret(String lookup, String secret) {
        this.lookup = lookup;
        this.secret = secret;
    }

    static KeySecret make(RandomGenerator random) {
        return new KeySecret(randomHex(random, LOOKUP_BYTES), randomHex(random, Bytes32.LENGTH));
    }

    /// Empty for what is not of our making.
    static Optional<KeySecret> of(AuthKey key) {
        Matcher parts = FORM.matcher(key.unwrapped().secret().strip());
        return parts.matches()
                ? Optional.of(new KeySecret(parts.group(1), parts.group(2)))
                : Optional.empty();
    }

    static String randomHex(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    String lookup() {
        return lookup;
    }

    AuthKey authKey() {
        return new AuthKey("remora-auth-" + lookup + "-" + secret);
    }

    Bytes32 digest() {
        return Bytes32.of(sha256());
    }

    /// Takes as long for a wrong secret as for the right one.
    boolean matches(Bytes32 digest) {
        return MessageDigest.isEqual(sha256(), digest.toBytes());
    }

    private byte[] sha256() {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(secret.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
