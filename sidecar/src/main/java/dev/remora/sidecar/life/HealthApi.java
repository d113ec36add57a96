package dev.remora.sidecar.life;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.localapi.ApiHandler;
import dev.remora.sidecar.localapi.ApiRequest;
import dev.remora.sidecar.localapi.ApiResponse;
import dev.remora.sidecar.localapi.MetricsText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What probes and scrapers ask over HTTP. Nothing here changes anything or tells a secret.
final class HealthApi implements ApiHandler {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final Set<String> HEALTH = Set.of("/livez", "/readyz", "/healthz");
    private static final Set<String> READING = Set.of("GET", "HEAD");
    private static final ApiResponse NOT_ALLOWED =
            new ApiResponse.Full(
                    405,
                    TEXT,
                    Map.of("Allow", "GET, HEAD"),
                    "Method Not Allowed\n".getBytes(StandardCharsets.UTF_8));

    private final Backend backend;
    private final Probes probes;

    HealthApi(Backend backend, Probes probes) {
        this.backend = backend;
        this.probes = probes;
    }

    @Override
    public ApiResponse handle(ApiRequest request) throws IOException, MalformedException {
        String path = request.path();
        if (probes.metrics() && path.startsWith("/debug/")) {
            return ApiResponse.text(404, "debug endpoint not configured");
        }
        boolean isThere =
                path.equals("/metrics")
                        ? probes.metrics()
                        : probes.health() && HEALTH.contains(path);
        if (!isThere) {
            return ApiResponse.notFound();
        }
        return READING.contains(request.method()) ? answer(path, request) : NOT_ALLOWED;
    }

    private ApiResponse answer(String path, ApiRequest request)
            throws IOException, MalformedException {
        return switch (path) {
            case "/metrics" -> metrics();
            case "/livez" -> alive();
            case "/readyz" -> ready(backend, request);
            default -> healthy();
        };
    }

    /// Whoever gets an answer knows that the loop lives; that the backend does, it has to say itself.
    private ApiResponse alive() throws IOException, MalformedException {
        return ApiResponse.json(200, Map.of("alive", backend.ask(() -> true)));
    }

    /// 200 if all that `require` names holds, else 503; the body says why.
    static ApiResponse ready(Backend backend, ApiRequest request)
            throws IOException, MalformedException {
        Set<Readiness.Check> required;
        try {
            required =
                    request.parameter("require").isPresent()
                            ? Readiness.parse(request.parameter("require").get())
                            : Readiness.DEFAULT;
        } catch (MalformedException e) {
            return ApiResponse.text(400, e.reason());
        }
        Readiness readiness =
                Readiness.of(required, backend.situation(), backend.ask(backend.serve()::targets));
        return ApiResponse.json(readiness.isReady() ? 200 : 503, readiness.toTree());
    }

    /// As the official container answers: addresses are all it asks for.
    private ApiResponse healthy() throws IOException, MalformedException {
        return backend.situation().hasAddresses()
                ? new ApiResponse.Full(
                        200, TEXT, podHeaders(), "ok".getBytes(StandardCharsets.UTF_8))
                : ApiResponse.text(503, "node currently has no tailscale IPs");
    }

    private Map<String, String> podHeaders() {
        Map<String, String> headers = new TreeMap<>();
        probes.podAddresses()
                .forEach(each -> headers.put(each.v4() ? "Pod-IPv4" : "Pod-IPv6", each.toString()));
        return headers;
    }

    private static String condition(Situation situation) {
        return MetricsText.condition(
                situation.code(),
                situation.control().map(Situation.Trouble::code).orElse("connected"));
    }

    private ApiResponse metrics() throws IOException, MalformedException {
        String text =
                MetricsText.of(
                                backend.node().status(),
                                backend.prefs().advertiseRoutes(),
                                backend.warnings())
                        + condition(backend.situation());
        return new ApiResponse.Full(
                200,
                "text/plain;version=0.0.4;charset=utf-8",
                Map.of(),
                text.getBytes(StandardCharsets.UTF_8));
    }
}
