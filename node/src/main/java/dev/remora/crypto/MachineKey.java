package dev.remora.crypto;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;

/// Who speaks Noise with a control server: the public key of one installation, or of the control server itself.
public record MachineKey(Bytes32 bytes) {
    /// What a peer sends that has no such key.
    public static final MachineKey ZERO = new MachineKey(Bytes32.ZERO);

    private static final String PREFIX = "mkey:";

    /// Reads what [#text] writes.
    public static MachineKey parse(String text) throws MalformedException {
        return new MachineKey(KeyText.parse(PREFIX, text));
    }

    /// The form that goes into JSON: `mkey:` and 64 lower-case hexadecimal digits.
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
