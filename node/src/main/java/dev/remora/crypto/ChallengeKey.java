package dev.remora.crypto;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;

/// The key a control server offers in its early payload, for a node to prove that it holds its node key.
public record ChallengeKey(Bytes32 bytes) {
    /// What a peer sends that has no such key.
    public static final ChallengeKey ZERO = new ChallengeKey(Bytes32.ZERO);

    private static final String PREFIX = "chalpub:";

    /// Reads what [#text] writes.
    public static ChallengeKey parse(String text) throws MalformedException {
        return new ChallengeKey(KeyText.parse(PREFIX, text));
    }

    /// The form that goes into JSON: `chalpub:` and 64 lower-case hexadecimal digits.
    public String text() {
        return PREFIX + bytes.hex();
    }

    public boolean isZero() {
        return bytes.isZero();
    }

    /// The short form for logs.
    @Override
    public String toString() {
        return KeyText.brief(bytes);
    }
}
