package dev.remora.server.control;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The answer to one request, for the thread that gives it: it may block, and does so while the client's window is full,
/// which holds up nobody else.
final class InnerAnswer {
    /// A longer frame goes out piece by piece, and each has its time to be taken.
    static final int PIECE = 64 << 10;

    private final Channel stream;
    private final Duration stuckAfter;
    private final List<Runnable> whenClosed = new ArrayList<>();
    private @Nullable Thread thread;
    private boolean closed;
    private boolean begun;

    /// The client has not taken anything in for too long.
    static final class StuckException extends IOException {
        private static final long serialVersionUID = 1;
    }

    InnerAnswer(Channel stream, Duration stuckAfter) {
        this.stream = stream;
        this.stuckAfter = stuckAfter;
    }

    // --- for who answers

    /// A whole answer.
    void reply(int status, String contentType, byte[] body)
            throws IOException, InterruptedException {
        head(headers(status).set("content-type", contentType));
        write(body);
    }

    void text(int status, String text) throws IOException, InterruptedException {
        reply(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /// The head of an answer of which more follows.
    void head(Http2Headers headers) throws IOException {
        if (begun) {
            throw new IllegalStateException("two answers to one request");
        }
        begun = true;
        checkOpen();
        stream.write(new DefaultHttp2HeadersFrame(headers));
        stream.flush();
    }

    static Http2Headers headers(int status) {
        return new DefaultHttp2Headers().status(Integer.toString(status));
    }

    boolean begun() {
        return begun;
    }

    /// Sends bytes on, and waits until the client has room for them.
    ///
    /// @throws StuckException if it makes none
    void write(byte[] bytes) throws IOException, InterruptedException {
        for (int at = 0; at < bytes.length; at += PIECE) {
            int length = Math.min(PIECE, bytes.length - at);
            ChannelFuture sent =
                    stream.writeAndFlush(
                            new DefaultHttp2DataFrame(
                                    Unpooled.wrappedBuffer(bytes, at, length), false));
            if (!sent.await(stuckAfter.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StuckException();
            }
            if (!sent.isSuccess()) {
                throw new EOFException("the client is gone");
            }
        }
    }

    private void checkOpen() throws EOFException {
        if (!stream.isActive()) {
            throw new EOFException("the client is gone");
        }
    }

    /// Calls back when the client has gone, at once if it has already.
    void whenClosed(Runnable notify) {
        synchronized (whenClosed) {
            if (!closed) {
                whenClosed.add(notify);
                return;
            }
        }
        notify.run();
    }

    // --- for the stream

    /// The thread that answers has started. False: too late.
    boolean begins(Thread answering) {
        synchronized (whenClosed) {
            thread = answering;
            return !closed;
        }
    }

    /// The thread that answers is done: what happens to the stream is no business of its any more.
    void ended() {
        synchronized (whenClosed) {
            thread = null;
        }
    }

    /// The client has gone.
    void closed() {
        List<Runnable> tell;
        synchronized (whenClosed) {
            if (closed) {
                return;
            }
            closed = true;
            tell = List.copyOf(whenClosed);
            if (thread != null) {
                thread.interrupt();
            }
        }
        tell.forEach(Runnable::run);
    }

    /// All has been said.
    void end() {
        if (!begun) {
            begun = true;
            stream.write(new DefaultHttp2HeadersFrame(headers(200)));
        }
        stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true));
    }

    /// Answers a request that is not read to its end.
    void abort(int status, String text) {
        stream.write(new DefaultHttp2HeadersFrame(headers(status)));
        stream.writeAndFlush(
                        new DefaultHttp2DataFrame(
                                Unpooled.copiedBuffer(text, StandardCharsets.UTF_8), true))
                .addListener(ChannelFutureListener.CLOSE);
    }

    /// A mistake of ours.
    void fail() {
        if (begun) {
            reset();
        } else {
            abort(500, "that failed\n");
        }
    }

    /// Nothing more comes, and it was not all.
    void reset() {
        stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR))
                .addListener(ChannelFutureListener.CLOSE);
    }
}
