package dev.remora.proto.noise;

import dev.remora.base.Bytes;
import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// What a server may say before HTTP/2 begins: the very first bytes it sends inside of the records.
///
///     0                   5          9
///     | ff ff ff 'T' 'S'  | length n | n bytes of JSON |
///
/// Read as an HTTP/2 frame header the magic is impossible, so its absence is told from its presence. It may come in
/// any number of records.
public sealed interface EarlyPayload {
    /// The longest one that we take, in bytes; real ones have about 100.
    int MAX_LENGTH = 64 * 1024;

    /// More bytes must arrive before this can be told; nothing was taken.
    record Incomplete() implements EarlyPayload {}

    /// There is none: HTTP/2 begins with the bytes at hand, of which none was taken.
    record Absent() implements EarlyPayload {}

    /// There it was; HTTP/2 begins behind it.
    record Present(String json) implements EarlyPayload {}

    /// Looks at what has been opened so far, from the first byte on.
    ///
    /// @throws MalformedException if it is longer than [#MAX_LENGTH]
    static EarlyPayload read(ByteBuffer in) throws MalformedException {
        byte[] magic = {(byte) 0xff, (byte) 0xff, (byte) 0xff, 'T', 'S'};
        int start = in.position();
        for (int i = 0; i < Math.min(magic.length, in.remaining()); i++) {
            if (in.get(start + i) != magic[i]) {
                return new Absent();
            }
        }
        int header = magic.length + Integer.BYTES;
        if (in.remaining() < header) {
            return new Incomplete();
        }
        long length = Integer.toUnsignedLong(lengthAt(in, start + magic.length));
        if (length > MAX_LENGTH) {
            throw new MalformedException("early payload of " + length + " bytes");
        }
        if (in.remaining() < header + length) {
            return new Incomplete();
        }
        in.position(start + header);
        return new Present(new String(Bytes.take(in, (int) length), StandardCharsets.UTF_8));
    }

    private static int lengthAt(ByteBuffer in, int index) {
        return NoiseIk.length(in, index) << 16 | NoiseIk.length(in, index + 2);
    }
}
