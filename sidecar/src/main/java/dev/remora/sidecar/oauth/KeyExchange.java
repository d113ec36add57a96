package dev.remora.sidecar.oauth;

import dev.remora.base.MalformedException;
import dev.remora.io.control.ControlUrl;
import dev.remora.io.control.Reason;
import dev.remora.io.control.WebClient;
import dev.remora.io.control.WebException;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.TlsTrust;
import dev.remora.sidecar.config.JsonTree;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Turns credentials into an auth key, as the API of the control server has it:
///
///     OAuth client's secret           token of a platform
///     POST /api/v2/oauth/token        POST /api/v2/oauth/token-exchange
///             └──────── access token ────────┘
///             POST /api/v2/tailnet/-/keys → {"key": …}
///
/// The key is for one node and has the tags that the node asks for. Each exchange makes another key.
public final class KeyExchange {
    private static final String USUAL_API = "https://api.tailscale.com";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /// The API tells clients apart by their secrets.
    private static final String ANY_CLIENT = "some-client-id";

    private static final String FORM = "application/x-www-form-urlencoded";

    private final TlsTrust trust;
    private final HttpProxies proxies;
    private final Map<String, String> environment;

    /// @param environment in which a platform may have left how to get its token, such as `System.getenv()`
    public KeyExchange(TlsTrust trust, HttpProxies proxies, Map<String, String> environment) {
        this.trust = trust;
        this.proxies = proxies;
        this.environment = environment;
    }

    /// That of this process.
    public static KeyExchange ofThisProcess() {
        Map<String, String> environment = System.getenv();
        return new KeyExchange(
                TlsTrust.of(
                        Optional.ofNullable(environment.get("SSL_CERT_FILE")),
                        Optional.ofNullable(environment.get("SSL_CERT_DIR"))),
                HttpProxies.of(environment),
                environment);
    }

    /// The key to log in with; what is a key already comes back as it is. Takes as long as the servers do, at most some tens of seconds.
    ///
    /// @param tags the node is to have
    /// @param controlServer its URL, where a platform's token is exchanged
    public String authKey(Credentials given, List<String> tags, String controlServer)
            throws CredentialException, InterruptedException {
        if (!given.needExchange()) {
            return given.keyOrSecret();
        }
        try (WebClient web = new WebClient("API server", trust, proxies)) {
            return given.hasClientSecret()
                    ? ofSecret(web, KeyWishes.ofSecret(given.keyOrSecret()), tags)
                    : ofPlatform(web, given, tags, controlServer);
        } catch (WebException e) {
            throw CredentialException.of(e);
        }
    }

    private static String ofSecret(WebClient web, KeyWishes wishes, List<String> tags)
            throws CredentialException, WebException, InterruptedException {
        if (tags.isEmpty()) {
            throw CredentialException.incomplete(
                    "oauth authkeys require --advertise-tags (or TS_TAGS in a container): a node that an OAuth client lets in belongs to nobody but its tags");
        }
        Api api = new Api(web, url(wishes.baseUrl().isEmpty() ? USUAL_API : wishes.baseUrl()));
        WebClient.Answer answer =
                api.post(
                        "oauth/token",
                        FORM,
                        basic(encoded(ANY_CLIENT), encoded(wishes.bare())),
                        form(Map.of("grant_type", "client_credentials")));
        if (answer.status() / 100 == 4) {
            // RFC 6749 section 2.3.1 lets a server want them in the form instead
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("client_id", ANY_CLIENT);
            fields.put("client_secret", wishes.bare());
            fields.put("grant_type", "client_credentials");
            answer = api.post("oauth/token", FORM, "", form(fields));
        }
        String token = api.member(answer, "access_token", "the OAuth client's secret");
        return api.key("Bearer " + token, wishes, tags);
    }

    private String ofPlatform(
            WebClient web, Credentials given, List<String> tags, String controlServer)
            throws CredentialException, WebException, InterruptedException {
        if (given.idToken().isEmpty() && given.audience().isEmpty()) {
            throw CredentialException.incomplete(
                    "federated identity requires either an ID token or an audience");
        }
        String idToken =
                given.idToken().isEmpty()
                        ? new PlatformToken(trust, proxies, environment).fetch(given.audience())
                        : given.idToken();
        if (tags.isEmpty()) {
            throw CredentialException.incomplete(
                    "federated identity authkeys require --advertise-tags (or TS_TAGS in a container)");
        }
        KeyWishes wishes = KeyWishes.ofClientId(given.clientId());
        Api api = new Api(web, url(controlServer));
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("client_id", wishes.bare());
        fields.put("code", "");
        fields.put("grant_type", "authorization_code");
        fields.put("jwt", idToken);
        WebClient.Answer answer = api.post("oauth/token-exchange", FORM, "", form(fields));
        String token = api.member(answer, "access_token", "the platform's ID token");
        return api.key(basic(token, ""), wishes, tags);
    }

    private static ControlUrl url(String text) throws CredentialException {
        try {
            return ControlUrl.parse(text);
        } catch (MalformedException e) {
            throw CredentialException.incomplete(
                    "the API's URL \"" + text + "\" must look like https://host");
        }
    }

    private static String basic(String user, String password) {
        byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(both);
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// The API at one place.
    private record Api(WebClient web, ControlUrl url) {
        WebClient.Answer post(String what, String type, String authorization, String body)
                throws WebException, InterruptedException {
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("Content-Type", type);
            headers.put("Accept", "application/json");
            if (!authorization.isEmpty()) {
                headers.put("Authorization", authorization);
            }
            return web.send(
                    new WebClient.Request("POST", url, "/api/v2/" + what, headers, body, TIMEOUT));
        }

        /// A key for one node.
        String key(String authorization, KeyWishes wishes, List<String> tags)
                throws CredentialException, WebException, InterruptedException {
            Map<String, Object> create = new LinkedHashMap<>();
            create.put("reusable", false);
            create.put("ephemeral", wishes.ephemeral());
            create.put("preauthorized", wishes.preauthorized());
            create.put("tags", tags);
            String body =
                    JsonTree.compact(
                            Map.of("capabilities", Map.of("devices", Map.of("create", create))));
            WebClient.Answer answer =
                    post("tailnet/-/keys", "application/json", authorization, body);
            return member(answer, "key", "the wish for an auth key with the tags " + tags);
        }

        /// One text of an answer, which is not there if the API refuses.
        ///
        /// @param asked what it was asked about, for people
        String member(WebClient.Answer answer, String name, String asked)
                throws CredentialException {
            Map<String, Object> members = members(answer);
            if (answer.status() / 100 == 2 && members.get(name) instanceof String text) {
                if (!text.isEmpty()) {
                    return text;
                }
            }
            throw switch (answer.status() / 100) {
                case 4 -> refusal(answer, members, asked);
                case 2 ->
                        new CredentialException(
                                Reason.MALFORMED_ANSWER,
                                "The API server %s answers without %s: check the URL."
                                        .formatted(url, name));
                default ->
                        new CredentialException(
                                Reason.SERVER_ERROR,
                                "The API server %s answers with HTTP %d (%s): look after it, or after the proxy in front of it."
                                        .formatted(url, answer.status(), answer.quoted()));
            };
        }

        private CredentialException refusal(
                WebClient.Answer answer, Map<String, Object> members, String asked) {
            Object words = members.getOrDefault("message", members.get("error_description"));
            String said = words == null ? answer.quoted() : answer.quoted(String.valueOf(words));
            String sentence =
                    "The API server %s refuses %s with HTTP %d (%s): check the client, its scope auth_keys, and that it owns the tags."
                            .formatted(url, asked, answer.status(), said);
            return answer.status() == 400 && said.contains("tag")
                    ? new CredentialException(Reason.TAGS_REFUSED, sentence)
                    : answer.status() == 429
                            ? new CredentialException(Reason.RATE_LIMITED, sentence)
                            : new CredentialException(Reason.CREDENTIALS_REFUSED, sentence);
        }

        private static Map<String, Object> members(WebClient.Answer answer) {
            try {
                return JsonTree.read(answer.body().getBytes(StandardCharsets.UTF_8));
            } catch (MalformedException e) {
                return Map.of(); // no answer of the API; its status says the rest
            }
        }
    }
}
