package dev.remora.server.relay;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.regex.Pattern;

/// What a relay answers to ordinary HTTP requests.
final class RelayPages {
    private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9.\\-_:]{1,64}");
    private static final String UNCACHED =
            "no-cache, no-store, must-revalidate, no-transform, max-age=0";
    private static final String HOME =
            """
            This is a DERP relay of a tailnet. It carries encrypted packets between nodes that cannot reach each other
            directly; there is nothing to see here.
            """;

    private RelayPages() {}

    /// Whether a request for `/derp` is by a client. Very old ones call the protocol WebSocket, but do not name ours in
    /// it as browsers would.
    static boolean wantsDerp(HttpRequest request) {
        String upgrade = request.headers().get(HttpHeaderNames.UPGRADE, "");
        String inside = request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, "");
        return upgrade.equalsIgnoreCase("derp")
                || upgrade.equalsIgnoreCase("websocket") && !inside.contains("derp");
    }

    static FullHttpResponse page(String path, HttpRequest request) {
        return switch (path) {
            case "/derp" ->
                    text(HttpResponseStatus.UPGRADE_REQUIRED, "DERP requires connection upgrade\n");
            case "/derp/probe", "/derp/latency-check" -> probe(request);
            case "/generate_204" -> nothing(request);
            case "/robots.txt" -> text(HttpResponseStatus.OK, "User-agent: *\nDisallow: /\n");
            case "/" -> text(HttpResponseStatus.OK, HOME);
            default -> text(HttpResponseStatus.NOT_FOUND, "there is no such page\n");
        };
    }

    /// For clients that measure how far away we are.
    private static FullHttpResponse probe(HttpRequest request) {
        boolean read =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        if (!read) {
            return text(HttpResponseStatus.METHOD_NOT_ALLOWED, "bogus probe method\n");
        }
        FullHttpResponse answer = text(HttpResponseStatus.OK, "");
        answer.headers().set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        return answer;
    }

    /// For clients that want to know whether a captive portal is in the way: it could not know the response.
    private static FullHttpResponse nothing(HttpRequest request) {
        FullHttpResponse answer =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NO_CONTENT);
        answer.headers().set(HttpHeaderNames.CACHE_CONTROL, UNCACHED);
        String challenge = request.headers().get("X-Tailscale-Challenge", "");
        if (CHALLENGE.matcher(challenge).matches()) {
            answer.headers().set("X-Tailscale-Response", "response " + challenge);
        }
        return answer;
    }

    private static FullHttpResponse text(HttpResponseStatus status, String text) {
        FullHttpResponse answer =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        status,
                        text.isEmpty()
                                ? Unpooled.EMPTY_BUFFER
                                : ByteBufUtil.writeUtf8(UnpooledByteBufAllocator.DEFAULT, text));
        answer.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .set(HttpHeaderNames.CONTENT_LENGTH, answer.content().readableBytes());
        return answer;
    }
}
