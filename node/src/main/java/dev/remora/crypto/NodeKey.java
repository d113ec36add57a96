package dev.remora.crypto;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;

/// Who a node is on the tailnet: its WireGuard public key, also its name towards a DERP relay.
public record NodeKey(Bytes32 bytes) {
    /// What a peer sends that has no such key.
    public static final NodeKey ZERO = new NodeKey(Bytes32.ZERO);

    private static final String PREFIX = "nodekey:";

    /// Reads what [#text] writes.
    public static NodeKey parse(String text) throws MalformedException {
        return new NodeKey(KeyText.parse(PREFIX, text));
    }

    /// The form that goes into JSON: `nodekey:` and 64 lower-case hexadecimal digits.
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
