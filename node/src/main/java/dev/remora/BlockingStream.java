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
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The end of a pipeline where threads wait for bytes. What nobody has read yet keeps the peer's window closed: the channel is asked for more only when
/// all of it is gone.
///
/// Two locks, so that the loop never waits for a thread that copies: `lock` is held for moments and guards what the loop tells; `readers` lets one
/// thread read at a time, and is not the loop's business.
final class BlockingStream extends ChannelInboundHandlerAdapter {
    private final ReentrantLock readers = new ReentrantLock();

    /// What a reader has taken over and not finished. Guarded by `readers`.
    private @Nullable ByteBuf current;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<ByteBuf> received = new ArrayDeque<>();
    private int unread;
    private @Nullable IOException failure;
    private boolean ended;

    /// Nobody reads any more.
    private boolean discarding;

    private boolean closed;

    private final CompletableFuture<BlockingStream> connected = new CompletableFuture<>();
    private volatile @Nullable ChannelHandlerContext context;

    /// Completes when the connection stands; fails with the reason if it never does.
    CompletableFuture<BlockingStream> connected() {
        return connected;
    }

    StreamChannel channel() {
        return (StreamChannel) context().channel();
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext known = context;
        if (known == null) {
            throw new IllegalStateException("not connected");
        }
        return known;
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
        ByteBuf bytes = (ByteBuf) message;
        change(() -> {
            if (discarding) {
                bytes.release();
            } else {
                received.add(bytes);
                unread += bytes.readableBytes();
            }
        });
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (isDiscarding()) {
            ctx.read();
        }
    }

    private boolean isDiscarding() {
        lock.lock();
        try {
            return discarding;
        } finally {
            lock.unlock();
        }
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

    /// Comes last in every case, also when the connection never stood. If nobody has told an end before, it is no end of the peer's making.
    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
        SocketException why = new SocketException("connection closed");
        change(() -> {
            if (!ended && failure == null) {
                failure = why;
            }
            ended = true;
        });
        connected.completeExceptionally(why);
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
        try {
            readers.lockInterruptibly();
        } catch (InterruptedException e) {
            throw interrupted();
        }
        try {
            ByteBuf piece = current != null ? current : awaitPiece(timeoutMillis);
            if (piece == null) {
                return -1;
            }
            current = piece;
            int taken = Math.min(length, piece.readableBytes());
            piece.readBytes(into, offset, taken);
            if (!piece.isReadable()) {
                current = null;
                piece.release();
            }
            if (tookAll(taken)) {
                context().read();
            }
            return taken;
        } finally {
            readers.unlock();
        }
    }

    private @Nullable ByteBuf awaitPiece(int timeoutMillis) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        lock.lock();
        try {
            while (received.isEmpty() && !ended && failure == null) {
                long left = deadline - System.nanoTime();
                if (timeoutMillis == 0) {
                    changed.await();
                } else if (left <= 0 || changed.awaitNanos(left) <= 0 && received.isEmpty()) {
                    throw new SocketTimeoutException(
                            "nothing came within " + timeoutMillis + " ms");
                }
            }
            if (closed) {
                throw new SocketException("Socket closed");
            }
            if (received.isEmpty() && failure != null) {
                throw new SocketException(failure.getMessage(), failure);
            }
            return received.poll();
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    private boolean tookAll(int taken) {
        lock.lock();
        try {
            unread -= taken;
            return unread == 0 && !ended;
        } finally {
            lock.unlock();
        }
    }

    /// As with the JDK's sockets, whoever interrupts a thread in an operation loses the connection.
    private ClosedByInterruptException interrupted() {
        Thread.currentThread().interrupt();
        context().channel().close();
        return new ClosedByInterruptException();
    }

    /// Bytes that can be read without waiting.
    int available() {
        lock.lock();
        try {
            return unread;
        } finally {
            lock.unlock();
        }
    }

    /// Returns when the stream has taken everything; it may still be on its way to the peer.
    void write(byte[] from, int offset, int length) throws IOException {
        await(context().writeAndFlush(Unpooled.wrappedBuffer(from, offset, length)));
    }

    /// The peer sees the end of the stream.
    void shutdownOutput() throws IOException {
        await(channel().shutdownOutput());
    }

    private void await(ChannelFuture future) throws IOException {
        try {
            future.await();
        } catch (InterruptedException e) {
            throw interrupted();
        }
        if (!future.isSuccess()) {
            throw new SocketException(reasonOfEnd(), future.cause());
        }
    }

    private String reasonOfEnd() {
        lock.lock();
        try {
            String known = failure == null ? null : failure.getMessage();
            return closed ? "Socket closed" : known == null ? "connection closed" : known;
        } finally {
            lock.unlock();
        }
    }

    /// Whatever comes from now on is thrown away; the peer may send it all.
    void shutdownInput() {
        change(() -> {
            ended = true;
            discard();
        });
        releaseCurrent();
        context().read();
    }

    /// Ends the stream and lets go of bytes nobody read.
    void close() {
        change(() -> {
            closed = true; // first of all: a reader must not take our end for the peer's
            ended = true;
            discard();
        });
        context().channel().close();
        releaseCurrent();
    }

    private void discard() {
        discarding = true;
        received.forEach(ByteBuf::release);
        received.clear();
        unread = 0;
    }

    private void releaseCurrent() {
        readers.lock(); // a reader that waits has been told to stop
        try {
            if (current != null) {
                current.release();
                current = null;
            }
        } finally {
            readers.unlock();
        }
    }
}
