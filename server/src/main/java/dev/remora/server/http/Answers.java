package dev.remora.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/// Answers as most pages give them.
public final class Answers {
    private Answers() {}

    public static FullHttpResponse text(HttpResponseStatus status, String text) {
        return of(status, "text/plain; charset=utf-8", text);
    }

    public static FullHttpResponse html(HttpResponseStatus status, String page) {
        return of(status, "text/html; charset=utf-8", page);
    }

    public static FullHttpResponse json(HttpResponseStatus status, String json) {
        return of(status, "application/json", json);
    }

    public static FullHttpResponse of(HttpResponseStatus status, String contentType, String body) {
        FullHttpResponse answer =
                answer(status, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        answer.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        return answer;
    }

    /// A status and headers that are the caller's to set.
    public static FullHttpResponse bare(HttpResponseStatus status) {
        return answer(status, Unpooled.EMPTY_BUFFER);
    }

    /// To be sent before a connection changes hands (RFC 9110 §15.2.2).
    public static FullHttpResponse switchingTo(String protocol) {
        FullHttpResponse answer = bare(HttpResponseStatus.SWITCHING_PROTOCOLS);
        answer.headers()
                .set(HttpHeaderNames.UPGRADE, protocol)
                .set(HttpHeaderNames.CONNECTION, "Upgrade");
        return answer;
    }

    private static FullHttpResponse answer(HttpResponseStatus status, ByteBuf body) {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
    }
}
