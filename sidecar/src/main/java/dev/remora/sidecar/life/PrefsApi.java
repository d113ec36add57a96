package dev.remora.sidecar.life;

import dev.remora.base.MalformedException;
import dev.remora.io.state.StateException;
import dev.remora.sidecar.config.JsonTree;
import dev.remora.sidecar.config.Prefs;
import dev.remora.sidecar.localapi.ApiRequest;
import dev.remora.sidecar.localapi.ApiResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Preferences, profiles, and everything about being a member.
final class PrefsApi {
    private final Backend backend;
    private final Declared declared;
    private final Permissions permissions;

    PrefsApi(Backend backend, Declared declared, Permissions permissions) {
        this.backend = backend;
        this.declared = declared;
        this.permissions = permissions;
    }

    ApiResponse prefs(ApiRequest request) throws IOException, MalformedException {
        return switch (request.method()) {
            case "GET", "HEAD" -> ApiResponse.prettyJson(backend.prefsTree());
            case "PATCH" -> edit(request);
            default -> ApiResponse.text(405, "unsupported method");
        };
    }

    private ApiResponse edit(ApiRequest request) throws IOException {
        if (!permissions.mayWrite(request.caller())) {
            return ApiResponse.text(403, "prefs write access denied");
        }
        try {
            declared.refuseIfLocked();
            return ApiResponse.prettyJson(backend.editPrefs(body(request)));
        } catch (PrefsException e) {
            return ApiResponse.json(400, Map.of("Error", e.getMessage()));
        } catch (StateException e) {
            return ApiResponse.text(500, String.valueOf(e.getMessage()));
        } catch (MalformedException e) {
            return ApiResponse.text(400, e.reason());
        }
    }

    /// The body as an object; what is wrong with one that ends early is said in the words that scripts know.
    private static Map<String, Object> body(ApiRequest request) throws MalformedException {
        byte[] json = request.body();
        if (json.length == 0) {
            throw new MalformedException("EOF");
        }
        try {
            return JsonTree.read(json);
        } catch (MalformedException e) {
            throw endsEarly(json) ? new MalformedException("unexpected EOF") : e;
        }
    }

    /// Whether braces are still open at the end.
    static boolean endsEarly(byte[] json) {
        int depth = 0;
        boolean text = false;
        for (int i = 0; i < json.length; i++) {
            if (text && json[i] == '\\') {
                i++;
            } else if (json[i] == '"') {
                text = !text;
            } else if (!text) {
                depth +=
                        json[i] == '{' || json[i] == '['
                                ? 1
                                : json[i] == '}' || json[i] == ']' ? -1 : 0;
            }
        }
        return text || depth > 0;
    }

    ApiResponse check(ApiRequest request) {
        if (!permissions.mayWrite(request.caller())) {
            return ApiResponse.text(403, "checkprefs access denied");
        }
        if (!request.method().equals("POST")) {
            return ApiResponse.text(405, "unsupported method");
        }
        try {
            Map<String, Object> answer = new HashMap<>();
            Optional<String> wrong = PrefsCheck.of(Prefs.read(body(request)));
            declared.refuseIfLocked();
            wrong.ifPresent(why -> answer.put("Error", why));
            return ApiResponse.json(200, answer);
        } catch (PrefsException e) {
            return ApiResponse.json(200, Map.of("Error", e.getMessage()));
        } catch (MalformedException e) {
            return ApiResponse.text(400, "invalid JSON body");
        }
    }

    ApiResponse start(ApiRequest request) {
        return posted(
                request,
                "access denied",
                () -> {
                    Map<String, Object> options;
                    try {
                        options = body(request);
                    } catch (MalformedException e) {
                        return ApiResponse.text(400, e.reason());
                    }
                    Optional<Prefs> wanted = wanted(options);
                    if (wanted.isPresent()) {
                        declared.refuseIfLocked();
                    }
                    backend.start(wanted, text(options.get("AuthKey")));
                    return ApiResponse.empty(204);
                });
    }

    private static Optional<Prefs> wanted(Map<String, Object> options) throws MalformedException {
        if (!(options.get("UpdatePrefs") instanceof Map<?, ?> map)) {
            return Optional.empty();
        }
        Map<String, @Nullable Object> members = new HashMap<>();
        map.forEach((name, value) -> members.put(String.valueOf(name), value));
        return Optional.of(Prefs.read(members));
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    ApiResponse loginInteractive(ApiRequest request) {
        return posted(
                request,
                "login access denied",
                () -> {
                    backend.loginInteractive();
                    return ApiResponse.empty(204);
                });
    }

    ApiResponse logout(ApiRequest request) {
        return posted(
                request,
                "logout access denied",
                () -> {
                    declared.refuseIfLocked();
                    backend.logout();
                    return ApiResponse.empty(204);
                });
    }

    private ApiResponse posted(ApiRequest request, String denied, Api.Answer answer) {
        if (!permissions.mayWrite(request.caller())) {
            return ApiResponse.text(403, denied);
        }
        if (!request.method().equals("POST")) {
            return ApiResponse.text(400, "want POST");
        }
        try {
            return answer.get();
        } catch (MalformedException e) {
            return ApiResponse.text(500, e.reason());
        } catch (IOException e) {
            return ApiResponse.text(500, String.valueOf(e.getMessage()));
        }
    }

    /// @param id what follows `profiles/`
    ApiResponse profiles(ApiRequest request, String id) throws IOException, MalformedException {
        if (!permissions.mayWrite(request.caller())) {
            return ApiResponse.text(403, "profiles access denied");
        }
        return switch (id) {
            case "" -> all(request);
            case "current" ->
                    request.method().equals("GET")
                            ? ApiResponse.json(200, backend.profiles().current().listed())
                            : ApiResponse.text(405, "use GET");
            default -> one(request, id);
        };
    }

    private ApiResponse all(ApiRequest request) throws IOException, MalformedException {
        switch (request.method()) {
            case "GET" -> {
                return ApiResponse.json(200, backend.profiles().list());
            }
            case "PUT" -> {
                backend.newProfile();
                return ApiResponse.empty(201);
            }
            default -> {
                return ApiResponse.text(405, "use GET or PUT");
            }
        }
    }

    private ApiResponse one(ApiRequest request, String id) throws IOException, MalformedException {
        switch (request.method()) {
            case "POST" -> {
                return backend.switchProfile(id)
                        ? ApiResponse.empty(204)
                        : ApiResponse.text(500, "profile not found");
            }
            case "DELETE" -> {
                backend.removeProfile(id);
                return ApiResponse.empty(204);
            }
            default -> {
                return ApiResponse.text(404, "Profile not found");
            }
        }
    }
}
