package dev.remora.sidecar.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// The part of a control server's API that gives out auth keys, by its public description: token endpoints and the one for keys. A test may let each of
/// them answer something else.
public final class FakeKeyApi implements AutoCloseable {
    public static final String KEY = "tskey-auth-minted";
    public static final String TOKEN = "/api/v2/oauth/token";
    public static final String EXCHANGE = "/api/v2/oauth/token-exchange";
    public static final String KEYS = "/api/v2/tailnet/-/keys";

    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    /// What somebody asked.
    ///
    /// @param authorization empty if there was none
    public record Asked(
            String method, String path, String type, String authorization, String body) {}

    private record Answer(int status, String body) {}

    public FakeKeyApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        answering(TOKEN, 200, "{\"access_token\":\"tskey-api-token\",\"token_type\":\"Bearer\"}");
        answering(EXCHANGE, 200, "{\"access_token\":\"tskey-api-wif\",\"token_type\":\"Bearer\"}");
        answering(KEYS, 200, "{\"id\":\"k1\",\"key\":\"" + KEY + "\"}");
    }

    public FakeKeyApi answering(String path, int status, String body) {
        answers.put(path, new Answer(status, body));
        return this;
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            var headers = exchange.getRequestHeaders();
            asked.add(
                    new Asked(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString(),
                            String.valueOf(headers.getFirst("Content-Type")),
                            headers.getOrDefault("Authorization", List.of("")).getFirst(),
                            body));
            Answer answer =
                    answers.getOrDefault(
                            exchange.getRequestURI().getPath(), new Answer(404, "not here"));
            byte[] bytes = answer.body().getBytes(UTF_8);
            exchange.sendResponseHeaders(answer.status(), bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
