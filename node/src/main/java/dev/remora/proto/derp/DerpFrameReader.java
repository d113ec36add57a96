package dev.remora.proto.derp;

import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Finds the frames in a byte stream that comes in pieces of any size. A frame that lies whole inside one piece is
/// read where it is; only one that straddles pieces is copied together, into memory of this reader.
///
///     while (reader.next(piece)) {
///         handle(reader.frame());
///     }
public final class DerpFrameReader {
    /// What a client accepts before it knows the relay's key.
    public static final int GREETING_LIMIT = 1024;

    /// What a client accepts from then on. A longer frame is not a frame: the stream is lost.
    public static final int LIMIT = 1 << 20;

    /// No frame that means something to us is longer; what is, up to the limit, passes by without being kept.
    private static final int KEPT = DerpFrame.MAX_PACKET + 2 * 32;

    private static final int FIRST_CAPACITY = 2048;

    private int limit;
    private ByteBuffer straddling = ByteBuffer.allocateDirect(FIRST_CAPACITY);
    private boolean straddlingDone;
    private int toSkip;
    private int type;
    private @Nullable ByteBuffer payload; // null: passed by without being kept

    public DerpFrameReader(int limit) {
        this.limit = limit;
    }

    /// Changes the longest payload that is accepted, from the next frame on.
    public void limit(int newLimit) {
        limit = newLimit;
    }

    /// Steps to the next frame. False: `in` is used up and the frame it ended in is remembered; call again with what
    /// comes next.
    ///
    /// @throws MalformedException if a frame is longer than the limit: nothing behind it can be read
    public boolean next(ByteBuffer in) throws MalformedException {
        if (straddlingDone) {
            straddling.clear();
            straddlingDone = false;
        }
        if (toSkip > 0) {
            return skip(in);
        }
        if (straddling.position() > 0 || !wholeFrameIn(in)) {
            return fillStraddling(in);
        }
        type = Byte.toUnsignedInt(in.get());
        int length = length(in, in.position());
        payload = in.slice(in.position() + Integer.BYTES, length);
        in.position(in.position() + Integer.BYTES + length);
        return true;
    }

    /// The frame [#next] stepped to; its payload is valid until the next call of that.
    ///
    /// @throws MalformedException if the payload is not of its type; the stream goes on behind it
    public DerpFrame frame() throws MalformedException {
        return payload == null
                ? new DerpFrame.Unknown(type, ByteBuffer.allocate(0))
                : DerpFrame.parse(type, payload.duplicate());
    }

    /// The type of the frame [#next] stepped to, also of one that cannot be parsed.
    public int type() {
        return type;
    }

    private boolean wholeFrameIn(ByteBuffer in) throws MalformedException {
        if (in.remaining() < DerpFrame.HEADER_LENGTH) {
            return false;
        }
        int length = length(in, in.position() + 1);
        return length <= KEPT && in.remaining() - DerpFrame.HEADER_LENGTH >= length;
    }

    private int length(ByteBuffer in, int index) throws MalformedException {
        long length = Integer.toUnsignedLong(in.getInt(index));
        if (length > limit) {
            throw new MalformedException("DERP frame of " + length + " bytes");
        }
        return (int) length;
    }

    private boolean fillStraddling(ByteBuffer in) throws MalformedException {
        fillUpTo(DerpFrame.HEADER_LENGTH, in);
        if (straddling.position() < DerpFrame.HEADER_LENGTH) {
            return false;
        }
        type = Byte.toUnsignedInt(straddling.get(0));
        int length = length(straddling, 1);
        if (length > KEPT) {
            straddling.clear();
            toSkip = length;
            return skip(in);
        }
        fillUpTo(DerpFrame.HEADER_LENGTH + length, in);
        if (straddling.position() < DerpFrame.HEADER_LENGTH + length) {
            return false;
        }
        payload = straddling.slice(DerpFrame.HEADER_LENGTH, length);
        straddlingDone = true;
        return true;
    }

    private void fillUpTo(int wanted, ByteBuffer in) {
        if (straddling.capacity() < wanted) {
            ByteBuffer larger = ByteBuffer.allocateDirect(Integer.highestOneBit(wanted) << 1);
            straddling = larger.put(straddling.flip());
        }
        int missing = Math.clamp(wanted - straddling.position(), 0, in.remaining());
        straddling.put(in.slice(in.position(), missing));
        in.position(in.position() + missing);
    }

    private boolean skip(ByteBuffer in) {
        int skipped = Math.min(toSkip, in.remaining());
        in.position(in.position() + skipped);
        toSkip -= skipped;
        payload = null;
        return toSkip == 0;
    }
}
