package dev.remora.proto.derp;

import dev.remora.base.Bytes;
import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import java.nio.ByteBuffer;

/// The 32 bytes that name a client in most frames.
final class KeyField {
    /// @param what the frame, for the complaint about one that is too short
    static NodeKey read(ByteBuffer in, String what) throws MalformedException {
        Bytes.need(in, Bytes32.LENGTH, what);
        return new NodeKey(Bytes32.read(in));
    }

    private KeyField() {}
}
