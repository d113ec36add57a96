package dev.remora.proto.disco;

import dev.remora.base.Bytes;
import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import java.nio.ByteBuffer;

/// What the three messages that bind a client's address to a peer relay have in common.
///
///     0     4            8                           40           72
///     | vni | generation | the other client's disco  | challenge  |
///
/// @param vni names the allocation at the relay, 1 to 2^24 - 1; read as it came, all 32 bits
/// @param generation the client's number for this attempt, not 0; unsigned
/// @param remote the disco key of the other client
/// @param challenge zeros in the first message, then what the relay made up
public record RelayBinding(int vni, int generation, DiscoKey remote, Bytes32 challenge) {
    static final int LENGTH = 2 * Integer.BYTES + 2 * Bytes32.LENGTH;

    static RelayBinding parse(ByteBuffer in) throws MalformedException {
        Bytes.need(in, LENGTH, "disco relay binding");
        return new RelayBinding(
                in.getInt(), in.getInt(), new DiscoKey(Bytes32.read(in)), Bytes32.read(in));
    }

    void writeTo(ByteBuffer out) {
        out.putInt(vni).putInt(generation);
        remote.bytes().write(out);
        challenge.write(out);
    }
}
