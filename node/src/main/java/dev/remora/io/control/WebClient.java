package dev.remora.io.control;

import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.TlsTrust;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Asks servers that stand beside the control server, one HTTP request a connection: the API that gives out auth keys, or that of a cluster. It goes
/// through the same proxies, believes the same authorities and says the same of what fails. It has a loop of its own, and is to be closed when
/// there is nothing more to ask. Safe for several threads.
public final class WebClient implements AutoCloseable {
    /// A Kubernetes Secret may have 1 MiB, and a third more in base64.
    private static final int MAX_ANSWER = 4 << 20;

    private final String role;
    private final EngineLoop loop = EngineLoop.start("web");
    private final ExecutorService slow = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpOnce http;

    /// @param role what the servers are in sentences, such as `API server`
    public WebClient(String role, TlsTrust trust, HttpProxies proxies) {
        this.role = role;
        this.http = new HttpOnce(new Dialer(loop, trust, proxies, slow));
    }

    /// What to ask.
    ///
    /// @param method such as `POST`
    /// @param url of the server; its path stands before `target`
    /// @param target path and query
    /// @param headers may be secret
    /// @param body empty for none
    public record Request(
            String method,
            ControlUrl url,
            String target,
            Map<String, String> headers,
            String body,
            Duration timeout) {
        /// Headers and body may be secret.
        @Override
        public String toString() {
            return method + " " + url + target;
        }
    }

    /// @param status such as 200
    public record Answer(int status, String body) {
        /// The first words of it, fit to be shown.
        public String quoted() {
            return quoted(body);
        }

        /// The first words of a part of it.
        public String quoted(String part) {
            return Failures.quoted(part);
        }

        /// May be secret.
        @Override
        public String toString() {
            return "HTTP " + status;
        }
    }

    /// Any answer will do, whatever its status says.
    ///
    /// @throws WebException if none comes
    public Answer send(Request request) throws WebException, InterruptedException {
        try {
            HttpOnce.Answer answer =
                    http.request(message(request), request.url(), MAX_ANSWER, request.timeout());
            return new Answer(answer.status(), answer.body());
        } catch (IOException e) {
            Failures.Found found = Failures.find(e, role, request.url().text(), Instant.now());
            throw new WebException(found.reason(), found.sentence(), e);
        }
    }

    private static FullHttpRequest message(Request request) {
        byte[] body = request.body().getBytes(StandardCharsets.UTF_8);
        FullHttpRequest message =
                new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1,
                        HttpMethod.valueOf(request.method()),
                        request.url().path() + request.target(),
                        Unpooled.wrappedBuffer(body));
        message.headers().set(HttpHeaderNames.USER_AGENT, "remora");
        if (body.length > 0) {
            message.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        }
        request.headers().forEach(message.headers()::set);
        return message;
    }

    @Override
    public void close() {
        slow.shutdownNow();
        loop.close();
    }
}
