package dev.remora.crypto;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;

/// A tailnet lock key: the Ed25519 public key a node tells the control server at registration.
public record LockKey(Bytes32 bytes) {
    private static final String PREFIX = "nlpub:";
    private static final String PREFIX_FOR_PEOPLE = "tlpub:";

    /// Reads both forms, [#text] and [#textForPeople].
    public static LockKey parse(String text) throws MalformedException {
        String prefix = text.startsWith(PREFIX_FOR_PEOPLE) ? PREFIX_FOR_PEOPLE : PREFIX;
        return new LockKey(KeyText.parse(prefix, text));
    }

    /// The form that goes into JSON: `nlpub:` and 64 lower-case hexadecimal digits.
    public String text() {
        return PREFIX + bytes.hex();
    }

    /// The form shown to people, with the prefix `tlpub:`.
    public String textForPeople() {
        return PREFIX_FOR_PEOPLE + bytes.hex();
    }

    @Override
    public String toString() {
        return KeyText.brief(bytes);
    }
}
