package dev.remora.proto.tcp;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A memory budget of so many chunks that counts what is out.
final class CountingMemory implements TcpMemory {
    private final ArrayDeque<ByteBuffer> pool = new ArrayDeque<>();
    private final int most;
    private int out;

    CountingMemory(int most) {
        this.most = most;
    }

    static CountingMemory plenty() {
        return new CountingMemory(Integer.MAX_VALUE);
    }

    /// Chunks that connections hold.
    int held() {
        return out;
    }

    @Override
    public @Nullable ByteBuffer take() {
        if (out >= most) {
            return null;
        }
        out++;
        ByteBuffer pooled = pool.poll();
        return pooled != null ? pooled : ByteBuffer.allocateDirect(CHUNK);
    }

    @Override
    public @Nullable ByteBuffer takeToReceive() {
        return take();
    }

    @Override
    public void giveBack(ByteBuffer chunk) {
        out--;
        pool.push(chunk);
    }

    @Override
    public int receiveQuota(int current, int wanted) {
        return wanted;
    }

    @Override
    public int sendQuota(int wanted) {
        return wanted;
    }
}
