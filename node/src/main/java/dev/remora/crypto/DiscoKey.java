package dev.remora.crypto;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;

/// Who finds paths for a node: the public key of one run of its process.
public record DiscoKey(Bytes32 bytes) {
    /// What a peer sends that has no such key.
    public static final DiscoKey ZERO = new DiscoKey(Bytes32.ZERO);

    private static final String PREFIX = "discokey:";

    /// Reads what [#text] writes.
    public static DiscoKey parse(String text) throws MalformedException {
        return new DiscoKey(KeyText.parse(PREFIX, text));
    }

    /// The form that goes into JSON: `discokey:` and 64 lower-case hexadecimal digits.
    public String text() {
        return PREFIX + bytes.hex();
    }

    public boolean isZero() {
        return bytes.isZero();
    }

    /// The short form for logs.
    @Override
    public String toString() {
        return bytes.isZero() ? "" : "d:" + bytes.hex().substring(0, 16);
    }
}
