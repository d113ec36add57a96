package dev.remora.node;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Received bytes on their way from the packets they came in to the pipeline: a few buffers, whose size follows what came lately.
final class ReceivedPieces {
    /// How much is taken out of the connection at once.
    private static final int MOST = 4;

    private final StreamChannel channel;
    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>(MOST);

    ReceivedPieces(StreamChannel channel) {
        this.channel = channel;
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    /// Copies as much as there is room for, and advances the position of `payload` so far.
    void take(ByteBuffer payload) {
        while (payload.hasRemaining()) {
            ByteBuf piece = pieces.peekLast();
            if (piece == null || !piece.isWritable()) {
                if (pieces.size() == MOST) {
                    break;
                }
                piece = newPiece();
                pieces.add(piece);
            }
            int length = Math.min(payload.remaining(), piece.writableBytes());
            int end = payload.limit();
            piece.writeBytes(payload.limit(payload.position() + length)); // advances it
            payload.limit(end);
        }
    }

    private ByteBuf newPiece() {
        var sizes = channel.unsafe().recvBufAllocHandle();
        if (pieces.isEmpty()) {
            sizes.reset(channel.config());
        }
        int size = sizes.guess();
        return channel.alloc().ioBuffer(size, size);
    }

    /// The next buffer, which belongs to the caller from now on; null if there is none.
    @Nullable ByteBuf poll() {
        ByteBuf piece = pieces.poll();
        if (piece != null) {
            var sizes = channel.unsafe().recvBufAllocHandle();
            sizes.attemptedBytesRead(piece.capacity());
            sizes.lastBytesRead(piece.readableBytes());
        }
        return piece;
    }

    /// All that came together was passed on: the next buffers may be larger or smaller.
    void passedOn() {
        channel.unsafe().recvBufAllocHandle().readComplete();
    }

    void release() {
        for (ByteBuf piece; (piece = pieces.poll()) != null; ) {
            piece.release();
        }
    }
}
