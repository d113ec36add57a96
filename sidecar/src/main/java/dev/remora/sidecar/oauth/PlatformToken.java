package dev.remora.sidecar.oauth;

import dev.remora.base.MalformedException;
import dev.remora.io.control.ControlUrl;
import dev.remora.io.control.WebClient;
import dev.remora.io.control.WebException;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.TlsTrust;
import dev.remora.sidecar.config.JsonTree;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/// Fetches the token in which the platform that this program runs on says what it is. Two platforms give one out for the asking: the runners of GitHub Actions, which
/// leave a URL and a password in the environment, and the machines of Google's cloud, which have a metadata server.
final class PlatformToken {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String GITHUB_URL = "ACTIONS_ID_TOKEN_REQUEST_URL";
    private static final String GITHUB_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

    /// Google's own libraries heed this, too.
    private static final String GOOGLE_HOST = "GCE_METADATA_HOST";

    private static final String USUAL_GOOGLE_HOST = "metadata.google.internal";

    private final TlsTrust trust;
    private final HttpProxies proxies;
    private final Map<String, String> environment;

    PlatformToken(TlsTrust trust, HttpProxies proxies, Map<String, String> environment) {
        this.trust = trust;
        this.proxies = proxies;
        this.environment = environment;
    }

    /// @param audience who is to believe it
    String fetch(String audience) throws CredentialException, InterruptedException {
        String url = environment.getOrDefault(GITHUB_URL, "");
        String token = environment.getOrDefault(GITHUB_TOKEN, "");
        String encoded = URLEncoder.encode(audience.strip(), StandardCharsets.UTF_8);
        return url.isEmpty() || token.isEmpty() ? ofGoogle(encoded) : ofGithub(url, token, encoded);
    }

    private String ofGithub(String url, String token, String audience)
            throws CredentialException, InterruptedException {
        int query = url.indexOf('?');
        String target = (query < 0 ? "?" : url.substring(query) + "&") + "audience=" + audience;
        Map<String, String> headers =
                Map.of("Authorization", "Bearer " + token, "Accept", "application/json");
        WebClient.Answer answer =
                get(query < 0 ? url : url.substring(0, query), target, headers, proxies);
        try {
            byte[] json = answer.body().getBytes(StandardCharsets.UTF_8);
            Object value = JsonTree.read(json).get("value");
            if (answer.status() / 100 == 2 && value instanceof String text && !text.isBlank()) {
                return text;
            }
        } catch (MalformedException e) {
            throw noToken("GitHub's token service answers without a token: " + e.reason());
        }
        throw noToken("GitHub's token service refuses with " + answer);
    }

    /// Its metadata server is never behind a proxy.
    private String ofGoogle(String audience) throws CredentialException, InterruptedException {
        String host = environment.getOrDefault(GOOGLE_HOST, "");
        String path = "/computeMetadata/v1/instance/service-accounts/default/identity";
        WebClient.Answer answer =
                get(
                        "http://" + (host.isEmpty() ? USUAL_GOOGLE_HOST : host),
                        path + "?audience=" + audience + "&format=full",
                        Map.of("Metadata-Flavor", "Google"),
                        HttpProxies.NONE);
        String token = answer.body().strip();
        if (answer.status() / 100 != 2 || token.isEmpty()) {
            throw noToken("the metadata server refuses with " + answer);
        }
        return token;
    }

    private WebClient.Answer get(
            String url, String target, Map<String, String> headers, HttpProxies way)
            throws CredentialException, InterruptedException {
        try (WebClient web = new WebClient("token service", trust, way)) {
            ControlUrl server = ControlUrl.parse(url);
            return web.send(new WebClient.Request("GET", server, target, headers, "", TIMEOUT));
        } catch (WebException e) {
            throw noToken("no platform's token service answers here");
        } catch (MalformedException e) {
            throw noToken("the URL of the platform's token service makes no sense");
        }
    }

    private static CredentialException noToken(String why) {
        return CredentialException.incomplete(
                "federated identity authkeys require --id-token: " + why);
    }
}
