package dev.remora.io.control;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// Answers requests that the server sends to the node ("c2n"): whole HTTP/1 requests in a map message.
///
/// What is answered is what a node without certificates, updates and posture checks can truthfully say.
/// Nothing about the machine or its state is told.
final class C2n {
    private static final int MAX_REQUEST = 1 << 20;
    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";

    private C2n() {}

    /// What to send back, head and body.
    @SuppressWarnings("ArrayRecordComponent") // written once, never compared
    private record Reply(HttpResponseStatus status, String type, byte[] body) {
        static Reply json(String body) {
            return new Reply(HttpResponseStatus.OK, JSON, bytes(body + "\n"));
        }

        static Reply error(HttpResponseStatus status, String text) {
            return new Reply(status, TEXT, bytes(text + "\n"));
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    /// The raw response to a raw request; also to one that is none.
    static byte[] answer(byte[] request) {
        EmbeddedChannel http =
                new EmbeddedChannel(
                        new HttpRequestDecoder(), new HttpObjectAggregator(MAX_REQUEST));
        try {
            http.writeInbound(Unpooled.wrappedBuffer(request));
            return raw(read(http));
        } catch (CodecException e) {
            return raw(Reply.error(HttpResponseStatus.BAD_REQUEST, "bad request"));
        } finally {
            discard(http);
        }
    }

    private static Reply read(EmbeddedChannel http) {
        if (http.readInbound() instanceof FullHttpRequest request) {
            try {
                return replyTo(request);
            } finally {
                request.release();
            }
        }
        return Reply.error(HttpResponseStatus.BAD_REQUEST, "bad request");
    }

    private static void discard(EmbeddedChannel http) {
        try {
            http.finishAndReleaseAll();
        } catch (CodecException e) {
            http.releaseInbound(); // it complains of a request that was cut off: so did we
        }
    }

    private static Reply replyTo(FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return Reply.error(HttpResponseStatus.BAD_REQUEST, "bad request");
        }
        HttpMethod method = request.method();
        String path = new QueryStringDecoder(request.uri()).rawPath();
        return switch (path) {
            case "/echo" -> echo(request);
            case "/update" ->
                    only(
                            method,
                            Set.of(HttpMethod.GET, HttpMethod.POST),
                            Reply.json(
                                    "{\"Enabled\":false,\"Supported\":false,\"Started\":false}"));
            case "/logtail/flush" ->
                    only(
                            method,
                            Set.of(HttpMethod.POST),
                            new Reply(HttpResponseStatus.NO_CONTENT, "", new byte[0]));
            case "/tls-cert-status" -> get(method, "{\"Missing\":true}");
            case "/posture/identity" -> get(method, "{\"PostureDisabled\":true}");
            case "/appconnector/routes" -> get(method, "{\"Domains\":null}");
            case "/vip-services" -> get(method, "{\"VIPServices\":[],\"ServicesHash\":\"\"}");
            case "/ssh/usernames" ->
                    only(
                            method,
                            Set.of(HttpMethod.GET, HttpMethod.POST),
                            Reply.json("{\"Usernames\":[]}"));
            default -> Reply.error(HttpResponseStatus.BAD_REQUEST, "unknown c2n path");
        };
    }

    private static Reply echo(FullHttpRequest request) {
        byte[] body = new byte[request.content().readableBytes()];
        request.content().readBytes(body);
        return new Reply(HttpResponseStatus.OK, TEXT, body);
    }

    private static Reply get(HttpMethod method, String json) {
        return only(method, Set.of(HttpMethod.GET), Reply.json(json));
    }

    private static Reply only(HttpMethod method, Set<HttpMethod> allowed, Reply reply) {
        return allowed.contains(method)
                ? reply
                : Reply.error(HttpResponseStatus.METHOD_NOT_ALLOWED, "bad method");
    }

    /// As Go's servers write it: the body goes to the end, errors may not be sniffed.
    private static byte[] raw(Reply reply) {
        boolean error = reply.status.code() >= 400;
        String head =
                "HTTP/1.1 "
                        + reply.status.code()
                        + " "
                        + reply.status.reasonPhrase()
                        + "\r\nConnection: close\r\n"
                        + (reply.type.isEmpty() ? "" : "Content-Type: " + reply.type + "\r\n")
                        + (error ? "X-Content-Type-Options: nosniff\r\n" : "")
                        + "\r\n";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(reply.body);
        return out.toByteArray();
    }
}
