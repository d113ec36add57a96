package dev.remora.proto.tcp;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Received bytes that nobody took yet, in order or ahead of a gap, each at its own place in chunks of the memory budget:
/// a one-byte segment costs one byte, and filling a gap moves nothing. Of two copies of a byte the first wins.
final class ReceiveQueue {
    private final TcpMemory memory;
    private final Ranges ahead = new Ranges();

    /// Chunk `i` holds the offsets from `base + i · CHUNK` on; null where nothing came yet.
    private @Nullable ByteBuffer[] chunks = new ByteBuffer[4];

    private int firstChunk;
    private int held;
    private long base;

    private long read;
    private long next;

    ReceiveQueue(TcpMemory memory, long start) {
        this.memory = memory;
        base = start;
        read = start;
        next = start;
    }

    /// The offset of the first byte not received in order.
    long next() {
        return next;
    }

    /// The offset of the first byte not taken by the owner.
    long read() {
        return read;
    }

    /// Bytes in order that wait to be taken.
    int readable() {
        return (int) (next - read);
    }

    Ranges ahead() {
        return ahead;
    }

    /// Bytes that are missing before the first range ahead, Integer.MAX_VALUE if nothing is ahead.
    int gap() {
        return ahead.isEmpty() ? Integer.MAX_VALUE : (int) (ahead.left(0) - next);
    }

    /// Notes bytes in order, at most [#gap], that the owner took out of the packet; only while nothing is [#readable].
    void passed(int length) {
        next += length;
        joinRanges();
        consume(length);
    }

    /// Stores a payload that starts at `offset`, not below [#next]. False if the budget or the number of gaps
    /// does not allow it: it is then as if the segment had been lost.
    boolean store(long offset, ByteBuffer payload) {
        long end = offset + payload.remaining();
        if (offset > next && !ahead.hasRoomFor(offset, end) || !reserve(offset, end)) {
            return false;
        }
        copyMissing(offset, end, payload);
        if (offset > next) {
            ahead.add(offset, end);
        } else {
            next = Math.max(next, end);
            joinRanges();
        }
        return true;
    }

    private void joinRanges() {
        while (!ahead.isEmpty() && ahead.left(0) <= next) {
            next = Math.max(next, ahead.right(0));
            ahead.removeFirst();
        }
    }

    private void copyMissing(long offset, long end, ByteBuffer payload) {
        long at = offset;
        for (int i = ahead.find(offset); i < ahead.count() && ahead.left(i) < end; i++) {
            copy(at, Math.min(ahead.left(i), end), payload, offset);
            at = Math.max(at, ahead.right(i));
        }
        copy(at, end, payload, offset);
    }

    private void copy(long from, long to, ByteBuffer payload, long payloadOffset) {
        long at = from;
        while (at < to) {
            int inChunk = (int) ((at - base) % TcpMemory.CHUNK);
            int length = (int) Math.min(to - at, TcpMemory.CHUNK - inChunk);
            int source = payload.position() + (int) (at - payloadOffset);
            chunkAt(at).clear().put(inChunk, payload, source, length);
            at += length;
        }
    }

    /// Sees to it that every chunk between the two offsets is there.
    private boolean reserve(long from, long to) {
        int last = (int) ((to - 1 - base) / TcpMemory.CHUNK);
        while (last >= chunks.length) {
            grow();
        }
        for (int i = (int) ((from - base) / TcpMemory.CHUNK); i <= last; i++) {
            int slot = (firstChunk + i) & (chunks.length - 1);
            if (chunks[slot] == null) {
                chunks[slot] = memory.takeToReceive();
                if (chunks[slot] == null) {
                    return false;
                }
                held++;
            }
        }
        return true;
    }

    private void grow() {
        @Nullable ByteBuffer[] larger = new ByteBuffer[2 * chunks.length];
        for (int i = 0; i < chunks.length; i++) {
            larger[i] = chunks[(firstChunk + i) & (chunks.length - 1)];
        }
        chunks = larger;
        firstChunk = 0;
    }

    /// The next bytes in order that are stored together: the chunk itself, narrowed to them. Valid until the next call.
    ByteBuffer peek() {
        int inChunk = (int) ((read - base) % TcpMemory.CHUNK);
        int length = Math.min(readable(), TcpMemory.CHUNK - inChunk);
        return chunkAt(read).clear().limit(inChunk + length).position(inChunk);
    }

    /// Drops the first `length` readable bytes.
    void consume(int length) {
        read += length;
        if (held == 0) {
            base = read;
            return;
        }
        while (read - base >= TcpMemory.CHUNK) {
            giveBack(firstChunk);
            firstChunk = (firstChunk + 1) & (chunks.length - 1);
            base += TcpMemory.CHUNK;
        }
        if (read == next && ahead.isEmpty()) {
            releaseAll();
        }
    }

    /// Drops everything that is stored.
    void releaseAll() {
        for (int i = 0; i < chunks.length && held > 0; i++) {
            giveBack(i);
        }
        ahead.clear();
        firstChunk = 0;
        read = next;
        base = next;
    }

    private void giveBack(int slot) {
        ByteBuffer chunk = chunks[slot];
        if (chunk != null) {
            chunks[slot] = null;
            held--;
            memory.giveBack(chunk);
        }
    }

    private ByteBuffer chunkAt(long offset) {
        int index = (int) ((offset - base) / TcpMemory.CHUNK);
        ByteBuffer chunk = chunks[(firstChunk + index) & (chunks.length - 1)];
        if (chunk == null) {
            throw new IllegalStateException("no bytes held there");
        }
        return chunk;
    }
}
