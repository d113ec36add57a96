package dev.remora.io.control;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// A Noise connection to the control server with HTTP/2 inside: carries the map stream and, beside it,
/// any number of short requests. Safe for several threads.
final class ControlConnection implements AutoCloseable {
    /// The first map of a large tailnet has many megabytes, and would crawl through HTTP/2's 64 KiB.
    private static final int STREAM_WINDOW = 4 << 20;

    private static final int CONNECTION_WINDOW = 8 << 20;

    private final Channel channel;
    private final ControlUrl url;

    private ControlConnection(Channel channel, ControlUrl url) {
        this.channel = channel;
        this.url = url;
    }

    /// The whole answer to a short request.
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    record Answer(int status, byte[] body, String retryAfter) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /// Starts HTTP/2 behind the handlers that a channel has; called on its loop.
    static ControlConnection over(Channel channel, ControlUrl url) {
        Http2FrameCodec http2 =
                Http2FrameCodecBuilder.forClient()
                        .initialSettings(
                                Http2Settings.defaultSettings()
                                        .pushEnabled(false)
                                        .initialWindowSize(STREAM_WINDOW))
                        .build();
        http2.gracefulShutdownTimeoutMillis(0);
        channel.pipeline()
                .addLast(
                        http2,
                        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
                        new ConnectionEnd());
        widen(http2.connection());
        channel.flush();
        return new ControlConnection(channel, url);
    }

    private static void widen(Http2Connection connection) {
        try {
            connection
                    .local()
                    .flowController()
                    .incrementWindowSize(connection.connectionStream(), CONNECTION_WINDOW);
        } catch (Http2Exception e) {
            throw new IllegalStateException("a window of a fresh connection", e);
        }
    }

    boolean isOpen() {
        return channel.isActive();
    }

    /// Sends a request; the answer may be long.
    ///
    /// @param hints `Ts-Lb` headers, for load balancers
    Http2Stream open(HttpMethod method, String target, List<String> hints, byte[] body)
            throws IOException, InterruptedException {
        Http2Headers headers =
                new DefaultHttp2Headers()
                        .method(method.asciiName())
                        .scheme("https")
                        .authority(url.authority())
                        .path(target)
                        .add("user-agent", "remora");
        hints.forEach(hint -> headers.add("ts-lb", hint));
        if (body.length > 0) {
            headers.add("content-length", Integer.toString(body.length));
        }
        return Http2Stream.send(channel, headers, body);
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// @param limit longer answers are refused
    /// @param timeout how long the server may be silent
    Answer exchange(
            HttpMethod method,
            String target,
            List<String> hints,
            byte[] body,
            int limit,
            Duration timeout)
            throws IOException, InterruptedException {
        try (Http2Stream stream = open(method, target, hints, body)) {
            int status = stream.status(timeout);
            return new Answer(
                    status,
                    stream.readAll(limit, timeout),
                    stream.header("retry-after").orElse(""));
        }
    }

    @Override
    public void close() {
        channel.close();
    }

    /// Ends the connection when the server wants no more requests on it, or speaks nonsense.
    private static final class ConnectionEnd extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            try {
                if (frame instanceof Http2GoAwayFrame) {
                    ctx.close();
                }
            } finally {
                ReferenceCountUtil.release(frame);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
