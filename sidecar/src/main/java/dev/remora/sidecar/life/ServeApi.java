package dev.remora.sidecar.life;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.config.ServeConfig;
import dev.remora.sidecar.localapi.ApiRequest;
import dev.remora.sidecar.localapi.ApiResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/// What is published: looked at by everybody, changed by those who know what they change.
final class ServeApi {
    private final Backend backend;
    private final Declared declared;
    private final Permissions permissions;

    ServeApi(Backend backend, Declared declared, Permissions permissions) {
        this.backend = backend;
        this.declared = declared;
        this.permissions = permissions;
    }

    ApiResponse config(ApiRequest request) throws IOException, MalformedException {
        return switch (request.method()) {
            case "GET", "HEAD" -> show();
            case "POST" -> change(request);
            default -> ApiResponse.text(405, "method not allowed");
        };
    }

    private ApiResponse show() throws IOException, MalformedException {
        Optional<ServeConfig> config = backend.ask(backend.serve()::config);
        byte[] json = config.map(ServeConfig::toJson).orElse("null".getBytes(UTF_8));
        return new ApiResponse.Full(
                200, "application/json", Map.of("Etag", ServeConfig.etag(config)), json);
    }

    private ApiResponse change(ApiRequest request) throws IOException {
        if (!permissions.mayWrite(request.caller())) {
            return ApiResponse.text(403, "serve config denied");
        }
        Optional<ServeConfig> wanted;
        try {
            wanted = read(request.body());
        } catch (MalformedException e) {
            String why = PrefsApi.endsEarly(request.body()) ? "unexpected EOF" : e.reason();
            return error("decoding config: " + why);
        }
        try {
            declared.refuseIfLocked();
            return backend.change(() -> changed(request.header("if-match").orElse(""), wanted));
        } catch (MalformedException e) {
            return error("updating config: " + e.reason());
        } catch (IOException e) {
            return error("updating config: " + e.getMessage());
        }
    }

    private ApiResponse changed(String ifMatch, Optional<ServeConfig> wanted)
            throws IOException, MalformedException {
        if (!ifMatch.isEmpty() && !ifMatch.equals(ServeConfig.etag(backend.serve().config()))) {
            return ApiResponse.text(412, "etag mismatch");
        }
        backend.serve().change(wanted);
        return ApiResponse.empty(200);
    }

    private static Optional<ServeConfig> read(byte[] json) throws MalformedException {
        return new String(json, UTF_8).strip().equals("null")
                ? Optional.empty()
                : Optional.of(ServeConfig.parse(json));
    }

    private static ApiResponse error(String text) {
        return ApiResponse.json(500, Map.of("error", text));
    }
}
