package dev.remora.crypto;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import java.util.Arrays;
import java.util.Base64;

/// How keys look as text: a prefix that tells the kind, then hexadecimal digits.
final class KeyText {
    static final String PRIVATE = "privkey:";

    private KeyText() {}

    /// Reads the 32 bytes behind exactly this prefix. The message never repeats the text, which may be a secret.
    static Bytes32 parse(String prefix, String text) throws MalformedException {
        if (!text.startsWith(prefix)) {
            throw new MalformedException("key without the prefix " + prefix);
        }
        return Bytes32.parseHex(text.substring(prefix.length()));
    }

    /// The short form for logs: the first five characters of the key's Base64 in brackets; empty for the zero key.
    static String brief(Bytes32 key) {
        if (key.isZero()) {
            return "";
        }
        byte[] head = Arrays.copyOf(key.toBytes(), 6);
        return "[" + Base64.getEncoder().encodeToString(head).substring(0, 5) + "]";
    }
}
