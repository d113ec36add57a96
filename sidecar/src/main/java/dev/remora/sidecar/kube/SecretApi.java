package dev.remora.sidecar.kube;

import dev.remora.base.MalformedException;
import dev.remora.io.control.WebClient;
import dev.remora.io.control.WebException;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.TlsTrust;
import dev.remora.sidecar.config.JsonTree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Speaks with a cluster's API server about one Secret. Changes are merge patches (RFC 7386), which need no more than the right to patch; without it the Secret is
/// written back whole. Safe for several threads.
public final class SecretApi implements AutoCloseable {
    /// A node must not hang because its cluster's API server does; what could not be written is written later.
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final String JSON = "application/json";
    private static final String MERGE_PATCH = "application/merge-patch+json";

    /// Who changed what, in the Secret's own records.
    private static final String MANAGER = "?fieldManager=remora";

    private final Cluster cluster;
    private final String name;
    private final WebClient web;

    public SecretApi(Cluster cluster, String name) throws KubeException {
        if (!name.matches("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")) {
            throw new KubeException("\"" + name + "\" cannot be the name of a Secret");
        }
        this.cluster = cluster;
        this.name = name;
        // the way to the API server never leaves the cluster
        this.web =
                new WebClient("API server", TlsTrust.only(cluster.authority()), HttpProxies.NONE);
    }

    /// In the pod that this process runs in.
    public static SecretApi here(String name) throws KubeException {
        Map<String, String> environment = System.getenv();
        String root = environment.getOrDefault("TS_TEST_ONLY_ROOT", "/");
        return new SecretApi(Cluster.find(environment, Path.of(root)), name);
    }

    /// What the Secret keeps under a name; empty if it does not, or if there is no Secret.
    public Optional<String> entry(String key) throws KubeException {
        return read().flatMap(secret -> secret.entry(key))
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    Optional<Secret> read() throws KubeException {
        try {
            return Optional.of(parse(ask("GET", path(name), JSON, "", "read")));
        } catch (KubeException e) {
            if (e.status() == KubeException.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /// Makes the Secret with these entries.
    Secret create(Map<String, byte[]> entries) throws KubeException {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", name);
        metadata.put("namespace", cluster.namespace());
        Map<String, Object> secret = new LinkedHashMap<>();
        secret.put("apiVersion", "v1");
        secret.put("kind", "Secret");
        secret.put("metadata", metadata);
        secret.put("data", encoded(entries));
        return parse(ask("POST", path("") + MANAGER, JSON, JsonTree.compact(secret), "create"));
    }

    /// Changes these entries and no others; an empty value removes one.
    ///
    /// @param version of the Secret as it was read: if it has changed since, nothing is written; empty: it may have
    Secret patch(Map<String, byte[]> changes, String version) throws KubeException {
        Map<String, Object> patch = new LinkedHashMap<>();
        if (!version.isEmpty()) {
            patch.put("metadata", Map.of("resourceVersion", version));
        }
        patch.put("data", encoded(changes));
        String body = JsonTree.compact(patch);
        return parse(ask("PATCH", path(name) + MANAGER, MERGE_PATCH, body, "patch"));
    }

    /// Writes the Secret whole, with these changes, unless it has changed since it was read.
    Secret replace(Secret read, Map<String, byte[]> changes) throws KubeException {
        return parse(ask("PUT", path(name) + MANAGER, JSON, read.with(changes), "update"));
    }

    /// Asks the API server whether we may do something with this Secret. Where it does not say, we may: whether that is so shows later.
    ///
    /// @param verb such as `get`
    boolean may(String verb) throws KubeException {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("namespace", cluster.namespace());
        attributes.put("verb", verb);
        attributes.put("resource", "secrets");
        if (!verb.equals("create")) {
            attributes.put("name", name); // at a creation the name is not known to who decides
        }
        Map<String, Object> review = new LinkedHashMap<>();
        review.put("apiVersion", "authorization.k8s.io/v1");
        review.put("kind", "SelfSubjectAccessReview");
        review.put("spec", Map.of("resourceAttributes", attributes));
        try {
            String answer =
                    ask(
                            "POST",
                            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                            JSON,
                            JsonTree.compact(review),
                            "review access to");
            return tree(answer).get("status") instanceof Map<?, ?> status
                    && Boolean.TRUE.equals(status.get("allowed"));
        } catch (KubeException e) {
            if (e.status() == KubeException.FORBIDDEN || e.status() == KubeException.NOT_FOUND) {
                return true;
            }
            throw e;
        }
    }

    private String path(String secret) {
        String all = "/api/v1/namespaces/" + cluster.namespace() + "/secrets";
        return secret.isEmpty() ? all : all + "/" + secret;
    }

    private static Map<String, @Nullable Object> encoded(Map<String, byte[]> entries) {
        Map<String, @Nullable Object> encoded = new LinkedHashMap<>();
        entries.forEach(
                (key, value) -> encoded.put(key, value.length == 0 ? null : Secret.encoded(value)));
        return encoded;
    }

    private String ask(String method, String target, String type, String body, String verb)
            throws KubeException {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Authorization", "Bearer " + cluster.password());
        headers.put("Accept", JSON);
        if (!body.isEmpty()) {
            headers.put("Content-Type", type);
        }
        try {
            WebClient.Answer answer =
                    web.send(
                            new WebClient.Request(
                                    method, cluster.server(), target, headers, body, TIMEOUT));
            if (answer.status() / 100 != 2) {
                throw refusal(answer, verb);
            }
            return answer.body();
        } catch (WebException e) {
            throw new KubeException(e.sentence().replaceFirst("\\.$", ""));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KubeException("interrupted");
        }
    }

    private KubeException refusal(WebClient.Answer answer, String verb) {
        String words = answer.quoted();
        try {
            Object message =
                    JsonTree.read(answer.body().getBytes(StandardCharsets.UTF_8)).get("message");
            words = message == null ? words : answer.quoted(String.valueOf(message));
        } catch (MalformedException e) {
            return new KubeException(unexpected(answer, words), answer.status());
        }
        String why =
                switch (answer.status()) {
                    case 401 ->
                            "the API server does not know this pod's service account ("
                                    + words
                                    + ")";
                    case KubeException.FORBIDDEN -> missing(verb) + " (" + words + ")";
                    default -> unexpected(answer, words);
                };
        return new KubeException(why, answer.status());
    }

    private String unexpected(WebClient.Answer answer, String words) {
        return "the API server answers with HTTP " + answer.status() + " (" + words + ")";
    }

    /// What is said where a right is missing.
    String missing(String verb) {
        return "the service account may not "
                + verb
                + " the Secret "
                + name
                + ": give it a Role with the verb "
                + verb
                + " on secrets";
    }

    private static Secret parse(String json) throws KubeException {
        try {
            return Secret.parse(json);
        } catch (MalformedException e) {
            throw new KubeException("the API server answers what is no Secret: " + e.reason());
        }
    }

    private static Map<String, Object> tree(String json) throws KubeException {
        try {
            return JsonTree.read(json.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedException e) {
            throw new KubeException("the API server answers what is no JSON: " + e.reason());
        }
    }

    /// For people.
    @Override
    public String toString() {
        return "the Secret " + cluster.namespace() + "/" + name;
    }

    @Override
    public void close() {
        web.close();
    }
}
