package dev.remora.proto.control;

import dev.remora.base.MalformedException;
import io.airlift.compress.v3.zstd.ZstdInputStream;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/// Cuts the body of a map response into messages.
///
///     0        4              4+n
///     | n, LE  | one message  | n, LE | …
///
/// The length is little-endian, unlike everything else on this connection. Each message is one zstd
/// frame of its own, or plain JSON. Bytes come in as they arrive, in pieces of any size. After the
/// first [MalformedException] the stream has lost its rhythm and must be given up.
public final class MapFrames {
    private static final int HEADER = 4;
    private static final int FIRST_ROOM = 4096;

    private final boolean compressed;
    private final Limits limits;
    private ByteBuffer pending = emptied(FIRST_ROOM);

    /// How large one message may be, before and after decompression. A tailnet of 10,000 nodes needs
    /// some 5 and 25 MB.
    public record Limits(int wireBytes, int jsonBytes) {
        public static final Limits DEFAULT = new Limits(24 << 20, 96 << 20);
    }

    /// @param compressed whether the request asked for `zstd`
    public MapFrames(boolean compressed, Limits limits) {
        this.compressed = compressed;
        this.limits = limits;
    }

    /// Takes in what has arrived; nothing of `bytes` is kept.
    public void add(ByteBuffer bytes) {
        if (pending.capacity() - pending.limit() < bytes.remaining()) {
            makeRoom(bytes.remaining());
        }
        int end = pending.limit();
        pending.limit(end + bytes.remaining());
        pending.put(end, bytes, bytes.position(), bytes.remaining());
        bytes.position(bytes.limit());
    }

    /// The next message, once all of it is here.
    public Optional<MapResponse> next() throws MalformedException {
        if (pending.remaining() < HEADER) {
            return Optional.empty();
        }
        long length = Integer.toUnsignedLong(pending.getInt(pending.position()));
        if (length == 0 || length > limits.wireBytes) {
            throw new MalformedException("map message of " + length + " bytes");
        }
        if (pending.remaining() < HEADER + length) {
            return Optional.empty();
        }
        byte[] frame = new byte[(int) length];
        pending.position(pending.position() + HEADER).get(frame);
        if (!pending.hasRemaining()) {
            pending = emptied(Math.min(pending.capacity(), FIRST_ROOM));
        }
        return Optional.of(
                ControlJson.read(MapResponse.class, compressed ? decompress(frame) : frame));
    }

    /// True when the stream ends here without cutting a message in two.
    public boolean isAtBorder() {
        return !pending.hasRemaining();
    }

    private byte[] decompress(byte[] frame) throws MalformedException {
        // made for each message: it holds 256 KB, and messages are rare
        ZstdJavaDecompressor zstd = new ZstdJavaDecompressor();
        try {
            long declared = zstd.getDecompressedSize(frame, 0, frame.length);
            if (declared < 0) {
                return decompressUndeclared(frame);
            }
            if (declared > limits.jsonBytes) {
                throw tooLarge();
            }
            byte[] json = new byte[(int) declared];
            int size = zstd.decompress(frame, 0, frame.length, json, 0, json.length);
            return size == json.length ? json : Arrays.copyOf(json, size);
        } catch (RuntimeException e) {
            // The library has several unchecked kinds for input that is not zstd.
            throw new MalformedException("map message: " + e.getMessage());
        }
    }

    private byte[] decompressUndeclared(byte[] frame) throws MalformedException {
        try (InputStream in = new ZstdInputStream(new ByteArrayInputStream(frame))) {
            byte[] json = in.readNBytes(limits.jsonBytes + 1);
            if (json.length > limits.jsonBytes) {
                throw tooLarge();
            }
            return json;
        } catch (IOException e) {
            throw new MalformedException("map message: " + e.getMessage());
        }
    }

    private static MalformedException tooLarge() {
        return new MalformedException("map message too large once decompressed");
    }

    private void makeRoom(int more) {
        int needed = pending.remaining() + more;
        ByteBuffer larger = emptied(Math.max(FIRST_ROOM, needed + needed / 2));
        larger.limit(pending.remaining());
        larger.put(0, pending, pending.position(), pending.remaining());
        pending = larger;
    }

    private static ByteBuffer emptied(int capacity) {
        return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    }
}
