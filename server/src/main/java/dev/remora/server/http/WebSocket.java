package dev.remora.server.http;

import dev.remora.server.http.Upgrade.Outcome;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;

/// The WebSocket form of an upgrade (RFC 6455 §4.2), for browsers and for proxies that let nothing else pass. Inside it is
/// a stream of bytes like any other: boundaries of messages mean nothing, and nothing is compressed.
public final class WebSocket {
    private static final String VERSION = "13";
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// Longer frames would be gathered in memory first; nobody has reason to send them.
    private static final int LONGEST_FRAME = 65 << 10;

    private WebSocket() {}

    /// Whether a request asks for `protocol` inside a WebSocket.
    public static boolean wants(Request request, String protocol) {
        return request.wants("websocket")
                && Arrays.stream(request.header(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).split(","))
                        .anyMatch(offered -> offered.strip().equals(protocol));
    }

    /// Takes the connection over; `install` adds handlers that read and write plain bytes.
    public static Outcome accept(
            Request request, String protocol, Consumer<ChannelPipeline> install) {
        String key = request.header(HttpHeaderNames.SEC_WEBSOCKET_KEY);
        if (key.isEmpty()
                || !request.header(HttpHeaderNames.SEC_WEBSOCKET_VERSION).equals(VERSION)) {
            FullHttpResponse why =
                    Answers.text(
                            HttpResponseStatus.UPGRADE_REQUIRED,
                            "WebSocket of version 13 with a key, please\n");
            why.headers().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION);
            return new Outcome.Refused(why);
        }
        FullHttpResponse answer = Answers.switchingTo("websocket");
        answer.headers()
                .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, accepting(key))
                .set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, protocol);
        return new Outcome.Taken(
                Optional.of(answer), pipeline -> install.accept(withFrames(pipeline)));
    }

    private static ChannelPipeline withFrames(ChannelPipeline pipeline) {
        WebSocketDecoderConfig config =
                WebSocketDecoderConfig.newBuilder()
                        .maxFramePayloadLength(LONGEST_FRAME)
                        .expectMaskedFrames(true)
                        .allowExtensions(false)
                        .withUTF8Validator(false)
                        .build();
        return pipeline.addLast(new WebSocket13FrameDecoder(config))
                .addLast(new WebSocket13FrameEncoder(false))
                .addLast(new WebSocketBytes());
    }

    private static String accepting(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest((key + GUID).getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
