package dev.remora.proto.tcp;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The bytes that were written and are not acknowledged yet, in chunks of the memory budget. Bytes are copied in once
/// and copied out into packets; a chunk goes back when everything in it has been acknowledged, so that a connection with
/// nothing to send holds none.
final class SendQueue {
    private final TcpMemory memory;
    private @Nullable ByteBuffer[] chunks = new ByteBuffer[4];
    private int chunkCount;
    private int firstChunk;

    /// Offset of the first byte of the first chunk.
    private long base;

    private long end;

    SendQueue(TcpMemory memory, long start) {
        this.memory = memory;
        base = start;
        end = start;
    }

    /// The offset behind the last byte that was written.
    long end() {
        return end;
    }

    /// Takes up to `most` bytes, fewer when the budget has no more chunks.
    int write(ByteBuffer src, int most) {
        int wanted = Math.min(src.remaining(), most);
        int taken = 0;
        while (taken < wanted) {
            int used = (int) (end - base) - (chunkCount - 1) * TcpMemory.CHUNK;
            if (chunkCount == 0 || used == TcpMemory.CHUNK) {
                if (!grow()) {
                    break;
                }
                used = 0;
            }
            int length = Math.min(wanted - taken, TcpMemory.CHUNK - used);
            chunk(chunkCount - 1).put(used, src, src.position(), length);
            src.position(src.position() + length);
            taken += length;
            end += length;
        }
        return taken;
    }

    private boolean grow() {
        ByteBuffer chunk = memory.take();
        if (chunk == null) {
            return false;
        }
        if (chunkCount == chunks.length) {
            @Nullable ByteBuffer[] larger = new ByteBuffer[2 * chunkCount];
            for (int i = 0; i < chunkCount; i++) {
                larger[i] = chunk(i);
            }
            chunks = larger;
            firstChunk = 0;
        }
        chunks[(firstChunk + chunkCount) & (chunks.length - 1)] = chunk.clear();
        chunkCount++;
        return true;
    }

    /// Copies the bytes from `offset` on to the position of `out`.
    void copyTo(ByteBuffer out, long offset, int length) {
        int from = (int) (offset - base);
        int left = length;
        while (left > 0) {
            int inChunk = from % TcpMemory.CHUNK;
            int part = Math.min(left, TcpMemory.CHUNK - inChunk);
            out.put(out.position(), chunk(from / TcpMemory.CHUNK), inChunk, part);
            out.position(out.position() + part);
            from += part;
            left -= part;
        }
    }

    /// Forgets everything below `offset`.
    void release(long offset) {
        while (chunkCount > 0 && base + TcpMemory.CHUNK <= offset) {
            giveBackFirst();
            base += TcpMemory.CHUNK;
        }
        if (offset >= end) {
            releaseAll();
        }
    }

    void releaseAll() {
        while (chunkCount > 0) {
            giveBackFirst();
        }
        base = end;
    }

    private void giveBackFirst() {
        memory.giveBack(chunk(0));
        chunks[firstChunk] = null;
        firstChunk = (firstChunk + 1) & (chunks.length - 1);
        chunkCount--;
    }

    private ByteBuffer chunk(int index) {
        ByteBuffer chunk = chunks[(firstChunk + index) & (chunks.length - 1)];
        if (chunk == null) {
            throw new IllegalStateException("no bytes held there");
        }
        return chunk;
    }
}
