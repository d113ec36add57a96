package dev.remora.sidecar.life;

import dev.remora.base.MalformedException;
import dev.remora.engine.netcheck.NetReport;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.Node;
import dev.remora.engine.netmap.NodeId;
import dev.remora.engine.netmap.UserId;
import dev.remora.sidecar.config.Version;
import dev.remora.sidecar.localapi.ApiHandler;
import dev.remora.sidecar.localapi.ApiRequest;
import dev.remora.sidecar.localapi.ApiResponse;
import dev.remora.sidecar.localapi.MetricsText;
import dev.remora.sidecar.localapi.NetworkJson;
import dev.remora.sidecar.localapi.NodeJson;
import dev.remora.sidecar.localapi.StatusJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// What each path of the local API does, under which method, for whom. Answers are called for on a virtual thread each.
final class Api implements ApiHandler {
    private static final String PREFIX = "/localapi/v0/";

    /// Those of the interface that do not exist here.
    private static final Set<String> DEBUG_ACTIONS =
            Set.of(
                    "notify",
                    "derp-set-homeless",
                    "derp-unset-homeless",
                    "rebind",
                    "break-tcp-conns",
                    "break-derp-conns",
                    "force-netmap-update",
                    "control-knobs",
                    "pick-new-derp",
                    "force-prefer-derp",
                    "peer-relay-servers",
                    "peer-disco-keys",
                    "rotate-disco-key",
                    "statedir",
                    "clear-netmap-cache",
                    "current-netmap");

    private final Backend backend;
    private final Declared declared;
    private final Permissions permissions;
    private final PrefsApi prefs;
    private final ServeApi serve;
    private final PeerApi peers;
    private final Runnable shutdown;

    /// @param declared the file that settings are from, if they are
    /// @param shutdown ends the daemon
    Api(Backend backend, Declared declared, Permissions permissions, Runnable shutdown) {
        this.backend = backend;
        this.declared = declared;
        this.permissions = permissions;
        this.shutdown = shutdown;
        this.prefs = new PrefsApi(backend, declared, permissions);
        this.serve = new ServeApi(backend, declared, permissions);
        this.peers = new PeerApi(backend);
    }

    /// What goes with every answer of the local API.
    static Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(
                "Content-Security-Policy",
                "default-src 'none'; frame-ancestors 'none'; script-src 'none'; script-src-elem 'none'; script-src-attr 'none'");
        headers.put("Tailscale-Cap", Integer.toString(Version.LOCAL_API_LEVEL));
        headers.put("Tailscale-Version", Version.TEXT);
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("X-Frame-Options", "DENY");
        return headers;
    }

    @Override
    public ApiResponse handle(ApiRequest request) throws IOException, MalformedException {
        String path = request.path();
        if (path.startsWith(PREFIX)) {
            return local(path.substring(PREFIX.length()), request);
        }
        return switch (path) {
            case "/" ->
                    new ApiResponse.Full(
                            200,
                            "text/html; charset=utf-8",
                            Map.of(),
                            "<html><title>Remora</title><body><h1>Remora</h1>This is the local Remora daemon.\n"
                                    .getBytes(StandardCharsets.UTF_8));
            case "/server-status" -> ApiResponse.json(200, Map.of());
            default -> ApiResponse.notFound();
        };
    }

    private ApiResponse local(String name, ApiRequest request)
            throws IOException, MalformedException {
        return switch (name) {
            case "status" -> status(request);
            case "watch-ipn-bus" -> watch(request);
            case "prefs" -> prefs.prefs(request);
            case "check-prefs" -> prefs.check(request);
            case "start" -> prefs.start(request);
            case "login-interactive" -> prefs.loginInteractive(request);
            case "logout" -> prefs.logout(request);
            case "serve-config" -> serve.config(request);
            case "whois" -> peers.whoIs(request);
            case "ping" -> peers.ping(request);
            case "usermetrics" -> metrics("text/plain;version=0.0.4;charset=utf-8");
            case "metrics" -> writers(request, "metric access denied", () -> metrics("text/plain"));
            case "derpmap" ->
                    backend.netMap()
                            .map(map -> ApiResponse.prettyJson(NetworkJson.derpMap(map.derpMap())))
                            .orElseGet(() -> ApiResponse.prettyJson(null));
            case "dns-config" -> ofNetMap(map -> ApiResponse.prettyJson(NodeJson.tree(map.dns())));
            case "dns-osconfig" ->
                    writers(
                            request,
                            "dns-osconfig dump access denied",
                            () -> ApiResponse.text(500, "getting OS base config is not supported"));
            case "peer-by-id" -> peerById(request);
            case "user-profile" -> userProfile(request);
            case "remora/netcheck" -> netcheck();
            case "remora/ready" -> HealthApi.ready(backend, request);
            case "debug" ->
                    posted(request, "debug access denied", "POST required", () -> debug(request));
            case "shutdown" -> shutdown(request);
            default ->
                    name.startsWith("profiles/")
                            ? prefs.profiles(request, name.substring("profiles/".length()))
                            : small(name, request);
        };
    }

    /// Those whose answer does not depend on anything.
    private ApiResponse small(String name, ApiRequest request)
            throws IOException, MalformedException {
        return switch (name) {
            case "check-ip-forwarding", "check-udp-gro-forwarding", "set-udp-gro-forwarding" ->
                    ApiResponse.json(200, Map.of("Warning", ""));
            case "check-so-mark-in-use" -> ApiResponse.json(200, Map.of("UseSOMark", true));
            case "services", "appc-route-info" -> ApiResponse.json(200, Map.of());
            case "suggest-exit-node" -> ApiResponse.json(200, noExitNode());
            case "file-targets" -> ApiResponse.json(200, List.of());
            case "cert-domains" -> ApiResponse.json(200, List.of());
            case "update/check" -> ApiResponse.text(200, "{\"RunningLatest\":true}");
            case "component-debug-logging" ->
                    writers(
                            request,
                            "debug access denied",
                            () -> ApiResponse.json(200, Map.of("Error", "")));
            case "bugreport" -> bugReport(request);
            case "upload-client-metrics" -> clientMetrics(request);
            case "query-feature" -> queryFeature(request);
            case "reload-config" ->
                    posted(
                            request,
                            "access denied",
                            "use POST",
                            () -> ApiResponse.json(200, reloaded()));
            case "disconnect-control" ->
                    posted(request, "access denied", "use POST", () -> ApiResponse.empty(200));
            case "dial" -> dial(request);
            case "tka/status" -> lockStatus(request);
            default -> name.startsWith("policy/") ? policies() : missing(name, request);
        };
    }

    /// An answer that may fail.
    @FunctionalInterface
    interface Answer {
        ApiResponse get() throws IOException, MalformedException;
    }

    private ApiResponse writers(ApiRequest request, String denied, Answer answer)
            throws IOException, MalformedException {
        return permissions.mayWrite(request.caller())
                ? answer.get()
                : ApiResponse.text(403, denied);
    }

    private ApiResponse posted(ApiRequest request, String denied, String wrongMethod, Answer answer)
            throws IOException, MalformedException {
        return writers(
                request,
                denied,
                () ->
                        request.method().equals("POST")
                                ? answer.get()
                                : ApiResponse.text(405, wrongMethod));
    }

    /// What belongs to a part that this program does not have, or to nothing.
    private ApiResponse missing(String name, ApiRequest request)
            throws IOException, MalformedException {
        Optional<MissingPart> part = MissingPart.of(name);
        return part.isEmpty()
                ? ApiResponse.notFound()
                : writers(request, part.get().denied(), part.get()::answer);
    }

    private static ApiResponse policies() {
        return ApiResponse.prettyJson(Map.of("Summary", Map.of("Scope", "Device")));
    }

    /// Without a lock on the tailnet there is nothing to be done, and something to say: the key that this node would be known by.
    private ApiResponse lockStatus(ApiRequest request) throws IOException, MalformedException {
        boolean locked = backend.netMap().flatMap(NetMap::tailnetLock).isPresent();
        return locked
                ? missing("tka/", request)
                : ApiResponse.prettyJson(
                        NodeJson.noLock(
                                backend.profiles().lockKey().publicKey(),
                                backend.netMap().map(map -> map.self().key())));
    }

    private ApiResponse status(ApiRequest request) throws IOException, MalformedException {
        boolean peers = !request.parameter("peers").equals(Optional.of("false"));
        return ApiResponse.prettyJson(StatusJson.of(backend.view(), peers));
    }

    private ApiResponse watch(ApiRequest request) {
        Optional<String> text = request.parameter("mask");
        long bits;
        try {
            bits = text.isEmpty() ? 0 : Long.parseLong(text.get());
        } catch (NumberFormatException e) {
            return ApiResponse.text(400, "bad mask");
        }
        WatchMask mask = new WatchMask(bits);
        if (!mask.isPossible()) {
            return ApiResponse.text(400, "bad mask: these bits do not go together");
        }
        return new ApiResponse.Stream(
                "application/json",
                stream -> {
                    try {
                        backend.watch(mask, stream);
                    } catch (IOException | MalformedException e) {
                        stream.close(); // the daemon is ending
                    }
                });
    }

    private ApiResponse metrics(String contentType) throws IOException, MalformedException {
        String text =
                MetricsText.of(
                        backend.node().status(),
                        backend.prefs().advertiseRoutes(),
                        backend.warnings());
        return new ApiResponse.Full(
                200, contentType, Map.of(), text.getBytes(StandardCharsets.UTF_8));
    }

    private ApiResponse ofNetMap(Function<NetMap, ApiResponse> answer)
            throws IOException, MalformedException {
        return backend.netMap().map(answer).orElseGet(() -> ApiResponse.text(503, "no netmap"));
    }

    private ApiResponse peerById(ApiRequest request) throws IOException, MalformedException {
        return ofNetMap(map ->
                number(request, "id")
                        .flatMap(id -> map.peers().get(new NodeId(id)))
                        .map((Node peer) ->
                                (ApiResponse) ApiResponse.prettyJson(NodeJson.node(map, peer)))
                        .orElseGet(() -> ApiResponse.text(404, "no such peer")));
    }

    private ApiResponse userProfile(ApiRequest request) throws IOException, MalformedException {
        return ofNetMap(map ->
                number(request, "id")
                        .map(UserId::new)
                        .filter(map.users()::containsKey)
                        .map(id -> (ApiResponse) ApiResponse.prettyJson(NodeJson.user(map, id)))
                        .orElseGet(() -> ApiResponse.text(404, "no such user")));
    }

    private static Optional<Long> number(ApiRequest request, String name) {
        try {
            return request.parameter(name).map(Long::valueOf);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private ApiResponse netcheck() {
        try {
            NetReport report = backend.node().netcheck().join();
            return ApiResponse.json(200, NetworkJson.report(report, Instant.now()));
        } catch (java.util.concurrent.CompletionException e) {
            return ApiResponse.text(503, "the network could not be looked at: " + e.getCause());
        }
    }

    private ApiResponse debug(ApiRequest request) {
        String action = request.parameter("action").orElse("");
        if (DEBUG_ACTIONS.contains(action)) {
            String sentence =
                    "The debugging action \"" + action + "\" is not supported by this program.";
            return ApiResponse.json(501, Map.of("error", sentence));
        }
        if (!action.equals("restun")) {
            return ApiResponse.text(400, "unknown action \"" + action + "\"");
        }
        netcheck();
        return new ApiResponse.Full(
                200, "text/plain", Map.of(), "done\n".getBytes(StandardCharsets.UTF_8));
    }

    private ApiResponse shutdown(ApiRequest request) {
        if (!permissions.mayEnd(request.caller())) {
            return ApiResponse.text(403, "shutdown access denied");
        }
        if (!request.method().equals("POST")) {
            return ApiResponse.text(405, "only POST allowed");
        }
        shutdown.run();
        return ApiResponse.empty(200);
    }

    private static Map<String, Object> noExitNode() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("ID", "");
        tree.put("Name", "");
        return tree;
    }

    private Map<String, Object> reloaded() {
        Map<String, Object> tree = new LinkedHashMap<>();
        try {
            tree.put("Reloaded", declared.reload(backend));
            tree.put("Err", "");
        } catch (IOException | MalformedException e) {
            tree.put("Reloaded", false);
            tree.put("Err", String.valueOf(e.getMessage()));
        }
        return tree;
    }

    /// We send no logs anywhere, so there is nothing that a marker could point at.
    private static ApiResponse bugReport(ApiRequest request) {
        if (!request.method().equals("POST")) {
            return ApiResponse.text(405, "only POST allowed");
        }
        String marker = "BUG-NO-LOGS-NO-SUPPORT-this-node-has-had-its-logging-disabled\n";
        return new ApiResponse.Full(
                200, "text/plain", Map.of(), marker.getBytes(StandardCharsets.UTF_8));
    }

    /// Counters of commands are of no use to us, but a command may insist.
    private static ApiResponse clientMetrics(ApiRequest request) {
        return request.body().length == 0
                ? ApiResponse.text(400, "invalid JSON body")
                : ApiResponse.json(200, Map.of());
    }

    private static ApiResponse queryFeature(ApiRequest request) {
        return request.parameter("feature").orElse("").isEmpty()
                ? ApiResponse.text(500, "missing feature")
                : new ApiResponse.Full(
                        501,
                        "application/json",
                        Map.of(),
                        "Not implemented yet\n".getBytes(StandardCharsets.UTF_8));
    }

    private static ApiResponse dial(ApiRequest request) {
        if (!request.method().equals("POST")) {
            return ApiResponse.text(405, "POST required");
        }
        return request.header("upgrade").orElse("").equals("ts-dial")
                ? ApiResponse.text(
                        501, "Connections through the daemon are not supported by this program.")
                : ApiResponse.text(400, "bad ts-dial upgrade");
    }
}
