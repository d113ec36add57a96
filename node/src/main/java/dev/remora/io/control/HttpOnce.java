package dev.remora.io.control;

import dev.remora.io.loop.ServerIdentity;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// One ordinary HTTP request on a connection of its own, with full verification of the server where it
/// is HTTPS: for the key of a control server, for signs of life that it wants outside of Noise, and for [WebClient].
final class HttpOnce {
    /// Longer answers are refused; the key's has some 180 bytes.
    private static final int MAX_BODY = 64 * 1024;

    private static final Duration NEXT_ADDRESS_AFTER = Duration.ofMillis(300);

    private final Dialer dialer;

    HttpOnce(Dialer dialer) {
        this.dialer = dialer;
    }

    /// @param location where a redirection leads to, else empty
    record Answer(int status, String body, String location) {}

    /// @param url of which scheme, host and port count
    /// @param target path and query
    Answer request(HttpMethod method, ControlUrl url, String target, Duration timeout)
            throws IOException, InterruptedException {
        FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, target);
        request.headers().set(HttpHeaderNames.USER_AGENT, "remora");
        return request(request, url, MAX_BODY, timeout);
    }

    /// @param request all but the headers that have to do with the connection
    /// @param maxBody longer answers are refused
    Answer request(FullHttpRequest request, ControlUrl url, int maxBody, Duration timeout)
            throws IOException, InterruptedException {
        Optional<ServerIdentity> tls =
                url.tls() ? Optional.of(new ServerIdentity.Named(url.host())) : Optional.empty();
        request.headers()
                .set(HttpHeaderNames.HOST, url.authority())
                .set(HttpHeaderNames.CONNECTION, "close");
        // what changes something must not be asked for twice because the first address is slow
        Duration headStart = request.method().equals(HttpMethod.GET) ? NEXT_ADDRESS_AFTER : timeout;
        List<Race.Contender<Answer>> contenders = new ArrayList<>();
        for (Dialer.Hop hop : dialer.hops(url.tls(), url.host(), url.effectivePort())) {
            contenders.add(
                    new Race.Contender<>(
                            () ->
                                    dialer.connect(
                                            hop,
                                            tls,
                                            (channel, result) ->
                                                    handlers(request, maxBody, result)),
                            headStart));
        }
        return new Race<>(contenders, late -> {}).run(timeout);
    }

    private static List<ChannelHandler> handlers(
            FullHttpRequest request, int maxBody, CompletableFuture<Answer> result) {
        return List.of(
                new HttpClientCodec(),
                new HttpObjectAggregator(maxBody),
                new Exchange(request, result));
    }

    /// Sends the request once connected and takes the one answer.
    private static final class Exchange extends ChannelInboundHandlerAdapter {
        private final FullHttpRequest request;
        private final CompletableFuture<Answer> result;

        Exchange(FullHttpRequest request, CompletableFuture<Answer> result) {
            this.request = request;
            this.result = result;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(request.retainedDuplicate());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            try {
                if (message instanceof FullHttpResponse response) {
                    onResponse(response);
                }
            } finally {
                ReferenceCountUtil.release(message);
                ctx.close();
            }
        }

        private void onResponse(FullHttpResponse response) {
            if (response.decoderResult().isFailure()) {
                result.completeExceptionally(new ProtocolException("it does not speak HTTP"));
                return;
            }
            result.complete(
                    new Answer(
                            response.status().code(),
                            response.content().toString(StandardCharsets.UTF_8),
                            response.headers().get(HttpHeaderNames.LOCATION, "")));
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent tls && !tls.isSuccess()) {
                result.completeExceptionally(tls.cause());
            } else if (event instanceof SslCloseCompletionEvent) {
                ctx.close(); // ends an answer without a length; the end of TCP may be seconds off
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            result.completeExceptionally(
                    cause instanceof DecoderException wrapped && wrapped.getCause() != null
                            ? wrapped.getCause()
                            : cause);
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            result.completeExceptionally(new EOFException("closed without an answer"));
        }
    }
}
