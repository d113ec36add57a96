package dev.remora.sidecar.launch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/// A peer's end of a connection to the [RehearsalApp].
final class RehearsalCaller extends ChannelInboundHandlerAdapter {
    private static final int PIECE = 1 << 16;

    private final CompletableFuture<ChannelHandlerContext> connected = new CompletableFuture<>();

    // Of the loop's thread.
    private CompletableFuture<Void> answered = new CompletableFuture<>();
    private long wanted;

    /// Completes when the other end has agreed.
    CompletableFuture<?> connected() {
        return connected;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        connected.complete(ctx);
    }

    /// Sends so many bytes, and completes when so many have come back. One at a time.
    CompletableFuture<Void> exchange(int up, int down) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        ChannelHandlerContext ctx = connected.join();
        ctx.executor()
                .execute(() -> {
                    answered = result;
                    wanted = down;
                    ctx.write(
                            Unpooled.buffer(2 * Integer.BYTES).writeInt(up).writeInt(down),
                            ctx.voidPromise());
                    write(ctx, up);
                });
        return result;
    }

    /// All of it at once, which is one piece again and again.
    private static void write(ChannelHandlerContext ctx, int length) {
        ByteBuf piece = Unpooled.directBuffer(PIECE).writeZero(PIECE);
        for (int left = length; left > 0; left -= PIECE) {
            ctx.write(piece.retainedSlice(0, Math.min(left, PIECE)), ctx.voidPromise());
        }
        piece.release();
        ctx.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        wanted -= bytes.readableBytes();
        bytes.release();
        if (wanted == 0) {
            answered.complete(null);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        answered.completeExceptionally(new IOException("the connection has ended"));
    }

    void close() {
        connected.join().close();
    }
}
