package dev.remora.sidecar.localapi;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One HTTP connection: requests one after the other, each answered from a virtual thread.
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);
    private static final String HOST = "local-tailscaled.sock";

    private final Caller caller;
    private final Map<String, String> headers;
    private final ApiHandler handler;
    private final boolean guarded;
    private boolean streaming;

    /// @param guarded only programs on this machine are answered, no web pages
    private RequestHandler(
            Caller caller, Map<String, String> headers, ApiHandler handler, boolean guarded) {
        this.caller = caller;
        this.headers = headers;
        this.handler = handler;
        this.guarded = guarded;
    }

    /// For the Unix socket of the local API.
    static RequestHandler local(Caller caller, Map<String, String> headers, ApiHandler handler) {
        return new RequestHandler(caller, headers, handler, true);
    }

    /// For everybody, with the rights of nobody.
    static RequestHandler open(Map<String, String> headers, ApiHandler handler) {
        return new RequestHandler(Caller.UNKNOWN, headers, handler, false);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (streaming) {
            return; // nothing can be answered behind an answer that goes on
        }
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        boolean head = request.method().name().equals("HEAD");
        Optional<String> wrong = wrong(request);
        if (wrong.isPresent()) {
            answer(ctx, ApiResponse.text(400, wrong.get()), false, head);
        } else if (guarded && !isLocal(request)) {
            answer(ctx, ApiResponse.text(403, "invalid localapi request"), keepAlive, head);
        } else {
            ApiRequest read = read(request);
            ctx.channel().config().setAutoRead(false); // the next request waits for this answer
            Thread.startVirtualThread(() -> handle(ctx, read, keepAlive, head));
        }
    }

    /// Why this is no request; RFC 9112 section 3.2 has the rules for `Host`.
    private static Optional<String> wrong(FullHttpRequest request) {
        int hosts = request.headers().getAll("Host").size();
        if (!request.decoderResult().isSuccess()) {
            return Optional.of("400 Bad Request");
        }
        if (hosts == 0 && request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            return Optional.of("400 Bad Request: missing required Host header");
        }
        if (hosts > 1) {
            return Optional.of("400 Bad Request: too many Host headers");
        }
        try {
            QueryStringDecoder uri = new QueryStringDecoder(request.uri());
            LOG.trace("{} with {}", uri.path(), uri.parameters().keySet());
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("400 Bad Request: " + e.getMessage());
        }
    }

    /// A page in a browser can reach a local socket through a careless proxy; it cannot hide that it is a page.
    private static boolean isLocal(FullHttpRequest request) {
        String host = request.headers().get("Host", "");
        return (host.isEmpty() || host.equals(HOST))
                && !request.headers().contains("Origin")
                && !request.headers().contains("Referer");
    }

    private ApiRequest read(FullHttpRequest request) {
        // a target may name the server, too: RFC 9112 section 3.2.2
        QueryStringDecoder uri =
                new QueryStringDecoder(request.uri().replaceFirst("^http://[^/?]*", ""));
        Map<String, String> query = new HashMap<>();
        uri.parameters()
                .forEach((String name, List<String> values) -> query.put(name, values.getFirst()));
        Map<String, String> lower = new HashMap<>();
        request.headers()
                .forEach(h -> lower.putIfAbsent(h.getKey().toLowerCase(Locale.ROOT), h.getValue()));
        return new ApiRequest(
                request.method().name(),
                uri.path(),
                query,
                lower,
                ByteBufUtil.getBytes(request.content()),
                caller);
    }

    private void handle(
            ChannelHandlerContext ctx, ApiRequest request, boolean keepAlive, boolean head) {
        ApiResponse response;
        try {
            response = handler.handle(request);
        } catch (Exception e) {
            LOG.warn("local API {} {} failed", request.method(), request.path(), e);
            response = ApiResponse.text(500, "internal error: " + e.getMessage());
        }
        if (response instanceof ApiResponse.Stream stream) {
            begin(ctx, stream);
        } else {
            ApiResponse answer = response;
            ctx.executor().execute(() -> answer(ctx, answer, keepAlive, head));
        }
    }

    /// The stream is open before its reader can know: what the reader causes with its next request must not be missing in it.
    private void begin(ChannelHandlerContext ctx, ApiResponse.Stream stream) {
        OpenStream open = new OpenStream(ctx, stream.contentType());
        stream.start().accept(open);
        ctx.executor().execute(open::sendHead);
    }

    private void answer(
            ChannelHandlerContext ctx, ApiResponse response, boolean keepAlive, boolean head) {
        switch (response) {
            case ApiResponse.Full full -> answerFull(ctx, full, keepAlive, head);
            case ApiResponse.Stream stream -> begin(ctx, stream);
        }
        ctx.channel().config().setAutoRead(true);
    }

    private void answerFull(
            ChannelHandlerContext ctx, ApiResponse.Full full, boolean keepAlive, boolean head) {
        FullHttpResponse out =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(full.status()),
                        Unpooled.wrappedBuffer(head ? new byte[0] : full.body()));
        addHeaders(out, full.contentType());
        full.headers().forEach(out.headers()::set);
        out.headers().set("Content-Length", full.body().length);
        if (!keepAlive) {
            out.headers().set("Connection", "close");
        }
        ChannelFuture written = ctx.writeAndFlush(out);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void addHeaders(HttpResponse out, String contentType) {
        headers.forEach(out.headers()::set);
        if (!contentType.isEmpty()) {
            out.headers().set("Content-Type", contentType);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("local API connection ended", cause);
        ctx.close();
    }

    /// An answer that goes on. The head goes out with the first piece, or when there is none yet, alone.
    private final class OpenStream implements ApiStream {
        private final ChannelHandlerContext ctx;
        private final String contentType;
        private boolean headSent;

        OpenStream(ChannelHandlerContext ctx, String contentType) {
            this.ctx = ctx;
            this.contentType = contentType;
        }

        private void sendHead() {
            if (!headSent) {
                headSent = true;
                streaming = true;
                HttpResponse out =
                        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
                addHeaders(out, contentType);
                out.headers().set("Transfer-Encoding", "chunked");
                ctx.writeAndFlush(out);
                ctx.channel().config().setAutoRead(true); // so that its end is noticed
            }
        }

        @Override
        public void write(byte[] piece) {
            ctx.executor()
                    .execute(() -> {
                        sendHead();
                        if (ctx.channel().isWritable()) {
                            ctx.writeAndFlush(
                                    new DefaultHttpContent(Unpooled.wrappedBuffer(piece)));
                        } else {
                            ctx.close();
                        }
                    });
        }

        @Override
        public void onClose(Runnable action) {
            ctx.channel().closeFuture().addListener(closed -> action.run());
        }

        @Override
        public void close() {
            ctx.executor()
                    .execute(() -> {
                        sendHead();
                        ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
                                .addListener(ChannelFutureListener.CLOSE);
                    });
        }
    }
}
