package dev.remora.server.control;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One request: reads it whole, within bounds of size and time, then has it answered by a virtual thread of its own.
/// That is interrupted when the client resets the stream or the connection breaks.
final class InnerStream extends ChannelInboundHandlerAdapter {
    /// The longest body of a request, in bytes.
    static final int MOST_BODY = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(InnerStream.class);

    private final InnerContext context;
    private final Visitor visitor;
    private final Bodies.Share share;
    private ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private @Nullable Head head;
    private @Nullable Future<?> deadline;
    private @Nullable InnerAnswer answer;
    private boolean done;

    /// All that anybody asks of a request's headers. The others may be hundreds, and would wait here with it.
    private record Head(String method, String path) {}

    InnerStream(InnerContext context, Visitor visitor) {
        this.context = context;
        this.visitor = visitor;
        this.share = context.bodies().share(visitor.from());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        answer = new InnerAnswer(ctx.channel(), context.settings().waits().stuck());
        deadline =
                ctx.executor()
                        .schedule(
                                () -> refuse(RefusalKind.TOO_SLOW, 408, "too slow\n"),
                                context.settings().waits().request().toMillis(),
                                TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        try {
            switch (frame) {
                case Http2HeadersFrame headers -> {
                    if (head == null) { // what comes second are trailers
                        onHead(headers.headers());
                    }
                    endIf(headers.isEndStream());
                }
                case Http2DataFrame data -> {
                    onBody(data.content());
                    endIf(data.isEndStream());
                }
                default -> {} // priorities and the like change nothing
            }
        } finally {
            ReferenceCountUtil.release(frame);
        }
    }

    private void onHead(Http2Headers headers) {
        Head asked = new Head(String.valueOf(headers.method()), String.valueOf(headers.path()));
        if (share.take(asked.path().length())) {
            head = asked;
        } else {
            refuse(RefusalKind.TOO_LARGE, 503, "too much at once\n");
        }
    }

    private void onBody(ByteBuf piece) {
        int length = piece.readableBytes();
        if (done) {
            return;
        }
        if (body.size() + length > MOST_BODY) {
            refuse(RefusalKind.TOO_LARGE, 413, "too long\n");
        } else if (!share.take(length)) {
            refuse(RefusalKind.TOO_LARGE, 503, "too much at once\n");
        } else {
            byte[] bytes = new byte[length];
            piece.readBytes(bytes);
            body.writeBytes(bytes);
        }
    }

    private void refuse(RefusalKind why, int status, String text) {
        if (!done && answer != null) {
            context.refusals().count(why, visitor.from(), "");
            answer.abort(status, text);
            finishReading();
            share.end();
        }
    }

    private void endIf(boolean end) {
        if (end && !done && head != null && answer != null) {
            InnerRequest request =
                    new InnerRequest(
                            visitor,
                            head.method(),
                            head.path(),
                            new InnerRequest.Content(body.toByteArray(), share));
            InnerAnswer to = answer;
            finishReading();
            context.threads().execute(() -> run(request, to));
        }
    }

    private void finishReading() {
        done = true;
        body = new ByteArrayOutputStream(0);
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    private void run(InnerRequest request, InnerAnswer to) {
        if (!to.begins(Thread.currentThread())) {
            request.content().drop();
            return;
        }
        try {
            context.app().answer(request, to);
            to.end();
        } catch (InnerAnswer.StuckException e) {
            context.refusals().count(RefusalKind.STUCK, visitor.from(), "");
            to.reset();
        } catch (IOException | InterruptedException e) {
            LOG.trace("{} {}: {}", request.method(), request.route(), e.getMessage());
            to.reset();
        } catch (RuntimeException e) {
            LOG.error("{} failed", request.route(), e);
            to.fail();
        } finally {
            request.content().drop();
            to.ended();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame) {
            gone();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.trace("a stream failed", cause);
        gone();
        ctx.close();
    }

    private void gone() {
        if (!done) {
            finishReading();
            share.end();
        }
        if (answer != null) {
            answer.closed();
        }
    }
}
