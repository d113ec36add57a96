package dev.remora.proto.derp;

import dev.remora.base.Bytes32;

/// Who a relay is: the X25519 public key its clients seal their greeting for.
public record DerpServerKey(Bytes32 bytes) {
    /// The short form for logs.
    @Override
    public String toString() {
        return "derp:" + bytes.hex().substring(0, 8);
    }
}
