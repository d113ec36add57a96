package dev.remora.proto.derp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A stranger's stream: read, skipped or given up, never worse; and how it is cut into pieces makes no difference.
class DerpFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void stream(byte[] stream) {
        List<DerpFrame> whole = read(stream, Math.max(1, stream.length));
        List<DerpFrame> pieces = read(stream, 1 + stream.length / 3);
        if (!whole.equals(pieces)) {
            throw new AssertionError(whole + " in pieces is " + pieces);
        }
    }

    @FuzzTest(maxDuration = "10s")
    void boxedJson(byte[] json) {
        try {
            ServerDetails.parse(json);
        } catch (MalformedException refused) {
            // as it should be
        }
        try {
            ClientDetails.parse(json);
        } catch (MalformedException refused) {
            // as it should be
        }
    }

    private static List<DerpFrame> read(byte[] stream, int pieceLength) {
        List<DerpFrame> frames = new ArrayList<>();
        DerpFrameReader reader = new DerpFrameReader(DerpFrameReader.LIMIT);
        try {
            for (int at = 0; at < stream.length; at += pieceLength) {
                int length = Math.min(pieceLength, stream.length - at);
                ByteBuffer piece = ByteBuffer.wrap(stream).slice(at, length);
                while (reader.next(piece)) {
                    addCopy(reader, frames);
                }
            }
        } catch (MalformedException lost) {
            return frames;
        }
        return frames;
    }

    /// Payloads are views that the next frame may overwrite. What is kept here was written and read again.
    private static void addCopy(DerpFrameReader reader, List<DerpFrame> frames) {
        DerpFrame frame;
        try {
            frame = reader.frame();
        } catch (MalformedException skipped) {
            return;
        }
        ByteBuffer out = ByteBuffer.allocate(frame.length());
        frame.writeTo(out);
        try {
            ByteBuffer payload = out.flip().position(DerpFrame.HEADER_LENGTH);
            DerpFrame again = DerpFrame.parse(frame.type(), payload.duplicate());
            if (!again.equals(frame)) {
                throw new AssertionError(frame + " came back as " + again);
            }
            frames.add(DerpFrame.parse(frame.type(), payload));
        } catch (MalformedException e) {
            if (!(frame instanceof DerpFrame.Unknown)) { // a known type may be too long to be kept
                throw new AssertionError(frame + " cannot be read again: " + e.reason());
            }
        }
    }
}
