package dev.remora.crypto;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;

/// The secret that relays of one region share, to trust each other as mesh peers.
public final class DerpMeshKey {
    private final Bytes32 bytes;

    private DerpMeshKey(Bytes32 bytes) {
        this.bytes = bytes;
    }

    /// Reads 64 hexadecimal digits as they stand in a key file: white space around them does not count.
    public static DerpMeshKey parse(String text) throws MalformedException {
        return new DerpMeshKey(Bytes32.parseHex(text.strip()));
    }

    /// The secret as a relay wants it in the client's greeting.
    public String text() {
        return bytes.hex();
    }

    @Override
    public String toString() {
        return "DerpMeshKey …";
    }
}
