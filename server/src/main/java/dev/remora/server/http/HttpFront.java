package dev.remora.server.http;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.io.loop.JdkAddresses;
import dev.remora.server.http.Routes.Route;
import dev.remora.server.http.Upgrade.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What every connection is at first: HTTP/1.1, for those who want to upgrade and those who only measure or look.
public final class HttpFront extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final long REQUEST_WITHIN_MS = 30_000;
    private static final String CODEC = "http";

    /// Who comes over a Unix socket.
    private static final IpPort THIS_MACHINE = new IpPort(IpAddress.v4(0x7f000001), 0);

    private sealed interface Stage {
        record Waiting() implements Stage {}

        /// @param route empty: there is no such page
        record Reading(HttpRequest head, Optional<Route> route, ByteArrayOutputStream body)
                implements Stage {
            int bodyLimit() {
                return route.map(Route::bodyLimit).orElse(0);
            }
        }

        /// @param stay whether the connection outlives the answer
        record Answering(boolean head, boolean stay) implements Stage {}

        record Ended() implements Stage {}
    }

    private final Routes routes;
    private final TrustedProxies proxies;
    private final HttpCounts counts;
    private final Channel channel;
    private Stage stage = new Stage.Waiting();
    private Future<?> deadline;
    private Runnable whenDone = () -> {};

    private HttpFront(Routes routes, TrustedProxies proxies, HttpCounts counts, Channel channel) {
        this.routes = routes;
        this.proxies = proxies;
        this.counts = counts;
        this.channel = channel;
        this.deadline = newDeadline();
    }

    /// Adds itself to what the connection's pipeline has for transport.
    ///
    /// @return what was added
    public static HttpFront addTo(
            Channel channel, Routes routes, TrustedProxies proxies, HttpCounts counts) {
        HttpFront front = new HttpFront(routes, proxies, counts, channel);
        channel.pipeline()
                .addLast(CODEC, new HttpServerCodec(new HttpDecoderConfig()))
                .addLast(front);
        return front;
    }

    /// Calls back, perhaps several times, when the connection is HTTP no more.
    void whenDone(Runnable notify) {
        whenDone = notify;
    }

    /// Others need the place more.
    void makeRoom() {
        hangUp(HttpEnd.CROWDED);
    }

    private Future<?> newDeadline() {
        return channel.eventLoop()
                .schedule(() -> hangUp(HttpEnd.TOO_SLOW), REQUEST_WITHIN_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof HttpRequest head) {
                onHead(ctx, head);
            }
            if (message instanceof HttpContent part && stage instanceof Stage.Reading reading) {
                onBody(ctx, reading, part.content());
            }
            if (message instanceof LastHttpContent && stage instanceof Stage.Reading reading) {
                deadline.cancel(false);
                onRequest(ctx, reading);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void onHead(ChannelHandlerContext ctx, HttpRequest head) {
        if (head.decoderResult().isFailure()) {
            hangUp(HttpEnd.MISUSED);
        } else if (stage instanceof Stage.Waiting) {
            String path = pathOf(head);
            stage = new Stage.Reading(head, routes.find(path), new ByteArrayOutputStream(0));
            if (HttpUtil.is100ContinueExpected(head)) {
                ctx.writeAndFlush(Answers.bare(HttpResponseStatus.CONTINUE), ctx.voidPromise());
            }
        } else if (stage instanceof Stage.Answering answering) {
            stage =
                    new Stage.Answering(
                            answering.head(), false); // who cannot wait, is answered once
        }
    }

    /// A body that nobody wants is skipped.
    private void onBody(ChannelHandlerContext ctx, Stage.Reading reading, ByteBuf part) {
        int limit = reading.bodyLimit();
        if (reading.body().size() + part.readableBytes() <= limit) {
            byte[] bytes = new byte[part.readableBytes()];
            part.readBytes(bytes);
            reading.body().writeBytes(bytes);
        } else if (limit > 0) {
            deadline.cancel(false);
            stage = new Stage.Answering(false, false);
            answer(ctx, Answers.text(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "too long\n"));
        }
    }

    private void onRequest(ChannelHandlerContext ctx, Stage.Reading reading) {
        boolean head = reading.head().method().equals(HttpMethod.HEAD);
        Request request = request(reading);
        stage = new Stage.Answering(head, HttpUtil.isKeepAlive(reading.head()));
        switch (reading.route().orElse(null)) {
            case null -> answer(ctx, Answers.text(HttpResponseStatus.NOT_FOUND, "no such page\n"));
            case Route.ToPage(var page, _) -> ask(ctx, page, request);
            case Route.ToUpgrade(var upgrade) -> {
                switch (upgrade.upgrade(request)) {
                    case Outcome.Refused(var why) -> answer(ctx, why);
                    case Outcome.Taken taken -> handOver(ctx, taken);
                }
            }
        }
    }

    private static String pathOf(HttpRequest head) {
        return target(head).split("\\?", 2)[0];
    }

    /// Path and query. RFC 9112, section 3.2.2: "a server MUST accept the absolute-form in requests"; the client written in Rust sends nothing else.
    private static String target(HttpRequest head) {
        String uri = head.uri();
        int host = uri.indexOf("://") + 3;
        if (uri.startsWith("/") || host < 3) {
            return uri;
        }
        int path = uri.indexOf('/', host);
        return path < 0 ? "/" : uri.substring(path);
    }

    private Request request(Stage.Reading reading) {
        HttpHeaders headers = reading.head().headers().copy();
        String uri = target(reading.head());
        int mark = uri.indexOf('?');
        return new Request(
                reading.head().method(),
                pathOf(reading.head()),
                mark < 0 ? "" : uri.substring(mark + 1),
                headers,
                reading.body().toByteArray(),
                proxies.clientOf(peer(), headers));
    }

    private IpPort peer() {
        if (!(channel.remoteAddress() instanceof InetSocketAddress address)) {
            return THIS_MACHINE;
        }
        return JdkAddresses.read(address);
    }

    private void ask(ChannelHandlerContext ctx, Page page, Request request) {
        ask(page, request)
                .whenComplete((answer, failure) -> {
                    if (ctx.executor().inEventLoop()) {
                        onAnswer(ctx, answer, failure);
                    } else {
                        ctx.executor().execute(() -> onAnswer(ctx, answer, failure));
                    }
                });
    }

    private static CompletionStage<FullHttpResponse> ask(Page page, Request request) {
        try {
            return page.answer(request);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void onAnswer(
            ChannelHandlerContext ctx,
            @Nullable FullHttpResponse page,
            @Nullable Throwable failure) {
        if (page != null) {
            answer(ctx, page);
            return;
        }
        LOG.error("a page failed", failure);
        answer(ctx, Answers.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "that failed\n"));
    }

    private void answer(ChannelHandlerContext ctx, FullHttpResponse page) {
        if (!(stage instanceof Stage.Answering(var head, var stay))) {
            page.release(); // the client left
            return;
        }
        counts.answer();
        complete(page, stay);
        FullHttpResponse sent = page;
        if (head) {
            sent = page.replace(Unpooled.EMPTY_BUFFER);
            page.release();
        }
        var written = ctx.writeAndFlush(sent);
        if (stay) {
            stage = new Stage.Waiting();
            deadline = newDeadline();
        } else {
            deadline = newDeadline(); // it may not read its answer
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static void complete(FullHttpResponse page, boolean stay) {
        if (page.status().code() != HttpResponseStatus.NO_CONTENT.code()) {
            page.headers().set(HttpHeaderNames.CONTENT_LENGTH, page.content().readableBytes());
        }
        page.headers()
                .set(HttpHeaderNames.X_FRAME_OPTIONS, "DENY")
                .set("X-Content-Type-Options", "nosniff")
                .set("Referrer-Policy", "no-referrer");
        if (!page.headers().contains(HttpHeaderNames.CONTENT_SECURITY_POLICY)) {
            page.headers().set(HttpHeaderNames.CONTENT_SECURITY_POLICY, "frame-ancestors 'none'");
        }
        HttpUtil.setKeepAlive(page, stay);
    }

    /// What the client sent behind its request without waiting, perhaps in the same segment, goes on to the new
    /// handlers when the codec is removed.
    private void handOver(ChannelHandlerContext ctx, Outcome.Taken taken) {
        counts.upgrade();
        stage = new Stage.Ended();
        taken.answer().ifPresent(answer -> ctx.write(answer, ctx.voidPromise()));
        ChannelPipeline pipeline = ctx.pipeline();
        pipeline.get(HttpServerCodec.class).removeOutboundHandler(); // what follows is no HTTP
        taken.install().accept(pipeline);
        pipeline.remove(this);
        pipeline.remove(CODEC);
        channel.flush();
    }

    private void hangUp(HttpEnd why) {
        if (!(stage instanceof Stage.Ended)) {
            stage = new Stage.Ended();
            counts.end(why);
        }
        deadline.cancel(false);
        whenDone.run();
        channel.close();
    }

    /// Who does not read answers is not asked for more questions.
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        channel.config().setAutoRead(channel.isWritable());
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        whenDone.run();
        channel.config().setAutoRead(true);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        hangUp(HttpEnd.GONE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof DecoderException) {
            hangUp(HttpEnd.TLS_FAILED);
            return;
        }
        if (!(cause instanceof IOException)) {
            LOG.error("a connection is closed for a mistake of ours", cause);
        }
        hangUp(HttpEnd.GONE);
    }
}
