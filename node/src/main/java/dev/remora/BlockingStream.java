package dev.remora;

import dev.remora.node.StreamChannel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The end of a pipeline where threads wait for bytes. What nobody has read yet keeps the peer's window closed: the channel is asked for more only when
/// all of it is gone.
final class BlockingStream extends ChannelInboundHandlerAdapter {
    /// A writer waits for each piece to be taken before it hands over the next.
    private static final int WRITE_PIECE = 64 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<ByteBuf> received = new ArrayDeque<>();
    private final CompletableFuture<BlockingStream> connected = new CompletableFuture<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable IOException failure;
    private boolean ended;

    /// Completes when the connection stands; fails with the reason if it never does.
    CompletableFuture<BlockingStream> connected() {
        return connected;
    }

    StreamChannel channel() {
        return (StreamChannel) context().channel();
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not connected");
        }
        return context;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        ctx.channel().config().setAutoRead(false);
        ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.read();
        connected.complete(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        change(() -> received.add((ByteBuf) message));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            change(() -> ended = true);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(cause instanceof IOException io ? io : new IOException(cause));
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        channelUnregistered(ctx);
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
        change(() -> ended = true);
        connected.completeExceptionally(
                failure != null ? failure : new IOException("connection closed"));
    }

    private void fail(IOException why) {
        change(() -> failure = why);
        connected.completeExceptionally(why);
    }

    private void change(Runnable action) {
        lock.lock();
        try {
            action.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits for at least one byte.
    ///
    /// @param timeoutMillis 0 for as long as it takes
    /// @return how many were read, -1 at the end of the stream
    int read(byte[] into, int offset, int length, int timeoutMillis) throws IOException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            while (received.isEmpty()) {
                if (failure != null) {
                    throw new IOException(failure.getMessage(), failure);
                }
                if (ended) {
                    return -1;
                }
                left = await(left, timeoutMillis);
            }
            return take(into, offset, length);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading", e);
        } finally {
            lock.unlock();
        }
    }

    private long await(long left, int timeoutMillis)
            throws InterruptedException, SocketTimeoutException {
        if (timeoutMillis == 0) {
            changed.await();
            return left;
        }
        if (left <= 0) {
            throw new SocketTimeoutException("nothing came within " + timeoutMillis + " ms");
        }
        return changed.awaitNanos(left);
    }

    private int take(byte[] into, int offset, int length) {
        ByteBuf first = received.element();
        int taken = Math.min(length, first.readableBytes());
        first.readBytes(into, offset, taken);
        if (!first.isReadable()) {
            received.remove().release();
            if (received.isEmpty()) {
                context().read();
            }
        }
        return taken;
    }

    /// Bytes that can be read without waiting.
    int available() {
        lock.lock();
        try {
            return received.stream().mapToInt(ByteBuf::readableBytes).sum();
        } finally {
            lock.unlock();
        }
    }

    /// Returns when the stream has taken everything; it may still be on its way to the peer.
    void write(byte[] from, int offset, int length) throws IOException {
        for (int at = 0; at < length; at += WRITE_PIECE) {
            int piece = Math.min(WRITE_PIECE, length - at);
            await(context().writeAndFlush(Unpooled.copiedBuffer(from, offset + at, piece)));
        }
    }

    void shutdownOutput() throws IOException {
        await(context().writeAndFlush(Unpooled.EMPTY_BUFFER));
        await(channel().shutdownOutput());
    }

    private static void await(ChannelFuture future) throws IOException {
        try {
            future.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while writing", e);
        }
        if (!future.isSuccess()) {
            throw new IOException("the connection is closed", future.cause());
        }
    }

    /// Ends the stream and lets go of bytes nobody read.
    void close() {
        channel().close();
        change(() -> {
            ended = true;
            received.forEach(ByteBuf::release);
            received.clear();
        });
    }
}
