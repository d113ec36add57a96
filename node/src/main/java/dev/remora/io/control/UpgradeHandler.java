package dev.remora.io.control;

import dev.remora.proto.noise.NoiseHandshake;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Asks an HTTP server to become a Noise server, and makes way for [NoiseReader] when it agrees.
///
///     POST /ts2021 HTTP/1.1
///     Upgrade: tailscale-control-protocol
///     Connection: upgrade
///     X-Tailscale-Handshake: base64 of the initiation
final class UpgradeHandler extends ChannelInboundHandlerAdapter {
    private static final String PROTOCOL = "tailscale-control-protocol";
    private static final int MAX_SHOWN = 200;

    private final ControlUrl url;
    private final NoiseHandshake handshake;
    private final CompletableFuture<ControlConnection> result;
    private final StringBuilder body = new StringBuilder();
    private HttpResponseStatus status = HttpResponseStatus.CONTINUE;
    private boolean agreed;

    private UpgradeHandler(
            ControlUrl url, NoiseHandshake handshake, CompletableFuture<ControlConnection> result) {
        this.url = url;
        this.handshake = handshake;
        this.result = result;
    }

    /// What a fresh channel needs to become a connection, which then completes `result`.
    static List<ChannelHandler> handlers(
            ControlUrl url, NoiseHandshake handshake, CompletableFuture<ControlConnection> result) {
        return List.of(new HttpClientCodec(), new UpgradeHandler(url, handshake, result));
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        HttpRequest request =
                new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1, HttpMethod.POST, url.path() + "/ts2021");
        request.headers()
                .set(HttpHeaderNames.HOST, url.authority())
                .set(HttpHeaderNames.UPGRADE, PROTOCOL)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(
                        "X-Tailscale-Handshake",
                        Base64.getEncoder().encodeToString(handshake.initiation()))
                .set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
        ctx.writeAndFlush(request);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
                refuse(ctx, "does not speak HTTP");
                return;
            }
            if (message instanceof HttpResponse response) {
                status = response.status();
                agreed =
                        status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS)
                                && PROTOCOL.equals(response.headers().get(HttpHeaderNames.UPGRADE));
            }
            if (message instanceof HttpContent content && body.length() < MAX_SHOWN) {
                body.append(content.content().toString(StandardCharsets.UTF_8));
            }
            if (message instanceof LastHttpContent) {
                onAnswer(ctx);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    /// The order matters: nothing may be encoded as HTTP any more when the cipher is there, and the codec
    /// hands on the bytes it has read too far only when it is removed, to whoever then stands behind it.
    private void onAnswer(ChannelHandlerContext ctx) {
        if (!agreed) {
            refuse(ctx, "answers the upgrade with HTTP " + status.code());
            return;
        }
        HttpClientCodec http = ctx.pipeline().get(HttpClientCodec.class);
        http.removeOutboundHandler();
        ctx.pipeline().addLast(new NoiseReader(url, handshake, result));
        ctx.pipeline().remove(this);
        ctx.pipeline().remove(http);
    }

    private void refuse(ChannelHandlerContext ctx, String what) {
        Reason reason = status.code() >= 500 ? Reason.SERVER_ERROR : Reason.NOT_A_CONTROL_SERVER;
        String said = body.isEmpty() ? "" : " " + Failures.quoted(body.toString());
        result.completeExceptionally(
                new ControlException(
                        reason,
                        "The server "
                                + url
                                + " "
                                + what
                                + said
                                + ": check the URL, and that a proxy in front of it passes upgrades on."));
        ctx.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent tls && !tls.isSuccess()) {
            result.completeExceptionally(tls.cause());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        boolean wrapped = cause instanceof DecoderException && cause.getCause() != null;
        result.completeExceptionally(wrapped ? cause.getCause() : cause);
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        result.completeExceptionally(new EOFException("closed during the upgrade"));
    }
}
