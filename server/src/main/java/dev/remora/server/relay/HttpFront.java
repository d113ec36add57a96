package dev.remora.server.relay;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What a connection is before it is DERP: HTTP/1.1, for those who want to upgrade and those who only measure or look.
final class HttpFront extends ChannelInboundHandlerAdapter {
    private static final long REQUEST_WITHIN_MS = 30_000;
    private static final String CODEC = "http";
    private static final String FAST_START = "Derp-Fast-Start";

    private final RelayContext relay;
    private final Channel channel;
    private @Nullable HttpRequest request;
    private Future<?> deadline;
    private boolean counted;

    private HttpFront(RelayContext relay, Channel channel) {
        this.relay = relay;
        this.channel = channel;
        this.deadline = newDeadline();
    }

    /// Adds itself to what the connection's pipeline has for transport.
    static void addTo(Channel channel, RelayContext relay) {
        channel.pipeline()
                .addLast(CODEC, new HttpServerCodec(new HttpDecoderConfig()))
                .addLast(new HttpFront(relay, channel));
    }

    private Future<?> newDeadline() {
        return channel.eventLoop()
                .schedule(
                        () -> hangUp(Hangup.HTTP_MISUSED),
                        REQUEST_WITHIN_MS,
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof HttpRequest head) {
                request = head;
                if (head.decoderResult().isFailure()) {
                    hangUp(Hangup.HTTP_MISUSED);
                }
            }
            if (message instanceof LastHttpContent && request != null && !counted) {
                deadline.cancel(false);
                answer(ctx, request);
            }
        } finally {
            ReferenceCountUtil.release(message); // a body has nothing that we want
        }
    }

    private void answer(ChannelHandlerContext ctx, HttpRequest asked) {
        String path = asked.uri().split("\\?", 2)[0];
        if (path.equals("/derp") && RelayPages.wantsDerp(asked)) {
            upgrade(ctx, asked);
            return;
        }
        deadline = newDeadline();
        FullHttpResponse page = RelayPages.page(path, asked);
        boolean stay = HttpUtil.isKeepAlive(asked);
        HttpUtil.setKeepAlive(page, stay);
        if (asked.method().equals(HttpMethod.HEAD)) {
            page = page.replace(Unpooled.EMPTY_BUFFER);
        }
        var written = ctx.writeAndFlush(page);
        if (!stay) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /// Becomes a client's connection. What the client sent behind its request without waiting, perhaps in the same
    /// segment, goes on to the new handler when the codec is removed. With fast start there is no answer: the client
    /// has gone on already.
    private void upgrade(ChannelHandlerContext ctx, HttpRequest asked) {
        if (!"1".equals(asked.headers().get(FAST_START))) {
            ctx.write(switching(), ctx.voidPromise());
        }
        ChannelPipeline pipeline = ctx.pipeline();
        pipeline.get(HttpServerCodec.class).removeOutboundHandler(); // frames are no HTTP
        pipeline.replace(this, "derp", new ClientHandler(relay, channel));
        pipeline.remove(CODEC);
    }

    private FullHttpResponse switching() {
        FullHttpResponse answer =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
        answer.headers()
                .set(HttpHeaderNames.UPGRADE, "DERP")
                .set(HttpHeaderNames.CONNECTION, "Upgrade")
                .set("Derp-Version", "2")
                .set("Derp-Public-Key", relay.publicKey().bytes().hex());
        return answer;
    }

    private void hangUp(Hangup why) {
        if (!counted) {
            counted = true;
            relay.counts().hungUp(why);
        }
        deadline.cancel(false);
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        hangUp(Hangup.GONE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        hangUp(cause instanceof DecoderException ? Hangup.TLS_FAILED : Hangup.GONE);
    }
}
