package dev.remora.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.base.IpPort;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.Node;
import dev.remora.proto.control.UserProfile;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.handler.timeout.TimeoutException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// One peer's connection to our [PeerApi]: a greeting at `/`, and nothing else yet. What other nodes offer there to some is forbidden to all, so that
/// nobody takes it for missing by mistake.
final class PeerApiHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final int IDLE_SECONDS = 60;
    private static final int MAX_BODY = 8 * 1024;

    /// What needs a right that no peer has here.
    private static final List<String> FORBIDDEN = List.of("/dns-query", "/v0/");

    private final String ownAddress;
    private final IpPort from;
    private final Node peer;
    private final String person;

    /// The connection ends with the answer that was given.
    private boolean last;

    PeerApiHandler(String ownAddress, IpPort from, Node peer, String person) {
        this.ownAddress = ownAddress;
        this.from = from;
        this.peer = peer;
        this.person = person;
    }

    /// Empty if the stream's source is no address of the peer that sent it.
    static Optional<PeerApiHandler> of(NetMap map, IncomingStream stream) {
        return map.owner(stream.from().ip())
                .filter(owner -> owner.key().equals(stream.peer()))
                .map(owner ->
                        new PeerApiHandler(
                                shown(stream.to(), owner),
                                stream.from(),
                                owner,
                                map.userOf(owner)
                                        .map(UserProfile::displayName)
                                        .filter(name -> !name.isEmpty())
                                        .orElse(map.displayName(owner))));
    }

    /// What a peer calls this address of ours, with the port.
    private static String shown(IpPort own, Node peer) {
        return new IpPort(peer.masquerade(own.ip().v4()).orElse(own.ip()), own.port()).toString();
    }

    /// The time-out sees whole requests only: who sends one letter now and then is silent, too.
    static void addTo(ChannelPipeline pipeline, PeerApiHandler handler) {
        pipeline.addLast(
                new HttpServerCodec(),
                new HttpObjectAggregator(MAX_BODY),
                new ReadTimeoutHandler(IDLE_SECONDS),
                handler);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (last) {
            return; // RFC 9112, 9.6: nothing after the answer that said "close"
        }
        FullHttpResponse response = answer(request);
        int length = response.content().readableBytes();
        if (request.method().equals(HttpMethod.HEAD)) {
            response.content().clear();
        }
        boolean keepAlive = request.decoderResult().isSuccess() && HttpUtil.isKeepAlive(request);
        HttpUtil.setKeepAlive(response, keepAlive);
        HttpUtil.setContentLength(response, length);
        var sent = ctx.writeAndFlush(response);
        if (!keepAlive) {
            last = true;
            sent.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private FullHttpResponse answer(FullHttpRequest request) {
        if (!request.decoderResult().isSuccess()) {
            return text(HttpResponseStatus.BAD_REQUEST, "bad request\n");
        }
        if (!isFromPeerApiClient(request.headers())) {
            return text(HttpResponseStatus.FORBIDDEN, "not a request for a PeerAPI\n");
        }
        String path = request.uri().split("\\?", 2)[0];
        if (FORBIDDEN.stream().anyMatch(path::startsWith)) {
            return text(HttpResponseStatus.FORBIDDEN, "access denied\n");
        }
        if (!path.equals("/")) {
            return text(HttpResponseStatus.NOT_FOUND, "not found\n");
        }
        boolean reads =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        return reads
                ? greeting()
                : text(HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET and HEAD\n");
    }

    /// A browser that was lured here by a page names another host or the page.
    private boolean isFromPeerApiClient(HttpHeaders headers) {
        String host = headers.get(HttpHeaderNames.HOST, "");
        return (host.equals("peer") || host.equals(ownAddress))
                && !headers.contains(HttpHeaderNames.REFERER)
                && !headers.contains(HttpHeaderNames.ORIGIN);
    }

    private FullHttpResponse greeting() {
        String page =
                """
                <!doctype html>
                <title>Remora</title>
                <h1>Hello, %s</h1>
                <p>You come from %s at %s.
                """
                        .formatted(escaped(person), escaped(peer.name()), from.ip());
        return response(HttpResponseStatus.OK, "text/html; charset=utf-8", page);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }

    private static FullHttpResponse text(HttpResponseStatus status, String text) {
        return response(status, "text/plain; charset=utf-8", text);
    }

    private static FullHttpResponse response(HttpResponseStatus status, String type, String text) {
        ByteBuf body = Unpooled.copiedBuffer(text, UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, type)
                .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, "default-src 'none'")
                .set(HttpHeaderNames.X_FRAME_OPTIONS, "DENY")
                .set("x-content-type-options", "nosniff");
        return response;
    }

    /// Who asks and asks without reading the answers must wait.
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    }

    /// The peer has gone, in the middle of a request perhaps, is silent, or speaks no HTTP: nothing to be told to anybody.
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
        switch (cause) {
            case IOException _, CodecException _, TimeoutException _ -> {}
            default -> ctx.fireExceptionCaught(cause);
        }
    }
}
