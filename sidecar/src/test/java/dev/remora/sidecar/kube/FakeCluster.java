package dev.remora.sidecar.kube;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.remora.base.MalformedException;
import dev.remora.sidecar.config.JsonTree;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// The part of a Kubernetes API server that a pod needs for one Secret, with the rules that are documented for it: who is asking is known by a token, may do what a Role says, and may ask what that
/// is; every change gives an object another version; who changes an object by a version that it has not any more is told of a conflict; a merge patch changes what it
/// names, and removes what it names null. Its words are those that the real one has.
public final class FakeCluster implements AutoCloseable {
    public static final String NAMESPACE = "shop";
    private static final String SECRETS = "/api/v1/namespaces/" + NAMESPACE + "/secrets";

    private final Path root;
    private final HttpsServer server;
    private final Set<String> verbs = new TreeSet<>(List.of("get", "update", "patch", "create"));
    private final Map<String, Map<String, Object>> secrets = new TreeMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private long version = 100;

    /// @param root where the service account's files are put
    public FakeCluster(Path root) throws Exception {
        this.root = root;
        Path account =
                Files.createDirectories(
                        root.resolve("var/run/secrets/kubernetes.io/serviceaccount"));
        Files.writeString(account.resolve("token"), "pod-token");
        Files.writeString(account.resolve("namespace"), NAMESPACE);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(Identity.CONTEXT));
        Files.writeString(account.resolve("ca.crt"), Identity.AUTHORITY);
        server.createContext("/", this::answer);
        server.start();
    }

    /// A certificate, which is its own authority. `keytool` needs a second for it, and so all clusters of a JVM share one.
    private static final class Identity {
        private static final char[] PASSWORD = "cluster".toCharArray();
        static final SSLContext CONTEXT;
        static final String AUTHORITY;

        static {
            try {
                KeyStore store = store();
                KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
                factory.init(store, PASSWORD);
                CONTEXT = SSLContext.getInstance("TLS");
                CONTEXT.init(factory.getKeyManagers(), null, null);
                AUTHORITY = pem(store.getCertificate("mykey"));
            } catch (Exception e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private static KeyStore store() throws Exception {
            Path folder = Files.createTempDirectory("cluster");
            Path keys = folder.resolve("keys.p12");
            try {
                String password = new String(PASSWORD);
                keytool(
                        "-genkeypair",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        password,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=kube",
                        "-ext",
                        "san=ip:127.0.0.1");
                return KeyStore.getInstance(keys.toFile(), PASSWORD);
            } finally {
                Files.deleteIfExists(keys);
                Files.delete(folder);
            }
        }

        private static void keytool(String... words) throws Exception {
            List<String> command = new ArrayList<>(List.of(words));
            command.add(0, Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (process.waitFor() != 0) {
                throw new IOException("keytool failed");
            }
        }

        private static String pem(Certificate certificate) throws CertificateException {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        }
    }

    /// What the kubelet puts into a pod's environment.
    public Map<String, String> environment() {
        return Map.of(
                "KUBERNETES_SERVICE_HOST",
                "127.0.0.1",
                "KUBERNETES_SERVICE_PORT",
                Integer.toString(server.getAddress().getPort()));
    }

    public SecretApi api(String name) throws KubeException {
        return new SecretApi(Cluster.find(environment(), root), name);
    }

    /// From now on the Role has these verbs alone.
    public synchronized void allow(String... now) {
        verbs.clear();
        verbs.addAll(List.of(now));
    }

    public void tokenIs(String token) throws IOException {
        Path file = root.resolve("var/run/secrets/kubernetes.io/serviceaccount/token");
        Files.writeString(file, token);
    }

    /// Somebody with all rights writes a Secret.
    public synchronized void put(String name, Map<String, String> entries) {
        Map<String, Object> data = new LinkedHashMap<>();
        entries.forEach((key, value) ->
                data.put(key, Base64.getEncoder().encodeToString(value.getBytes(UTF_8))));
        Map<String, Object> secret = new LinkedHashMap<>();
        secret.put("kind", "Secret");
        secret.put("apiVersion", "v1");
        secret.put("metadata", new LinkedHashMap<>(Map.of("name", name, "uid", "u-" + name)));
        if (!data.isEmpty()) {
            secret.put("data", data);
        }
        secret.put("type", "Opaque");
        store(name, secret);
    }

    /// The same for one entry of it.
    public synchronized void putEntry(String name, String key, String value) {
        Map<String, String> entries = new TreeMap<>(entries(name));
        entries.put(key, value);
        put(name, entries);
    }

    public synchronized void delete(String name) {
        secrets.remove(name);
    }

    /// What a Secret keeps; empty if it is not there.
    public synchronized Map<String, String> entries(String name) {
        Map<String, String> entries = new TreeMap<>();
        if (secrets.getOrDefault(name, Map.of()).get("data") instanceof Map<?, ?> data) {
            data.forEach((key, value) ->
                    entries.put(
                            key.toString(),
                            new String(Base64.getDecoder().decode(value.toString()), UTF_8)));
        }
        return entries;
    }

    /// Method and target of each request.
    public List<String> asked() {
        return List.copyOf(asked);
    }

    private Map<String, Object> store(String name, Map<String, Object> secret) {
        metadata(secret).put("resourceVersion", Long.toString(++version));
        secrets.put(name, secret);
        return secret;
    }

    @SuppressWarnings("unchecked") // of our own making, or read from JSON
    private static Map<String, Object> metadata(Map<String, Object> secret) {
        return (Map<String, Object>)
                secret.computeIfAbsent("metadata", _ -> new LinkedHashMap<String, Object>());
    }

    private record Answer(int status, Map<String, Object> body) {}

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            asked.add(exchange.getRequestMethod() + " " + path);
            byte[] body = exchange.getRequestBody().readAllBytes();
            String who = exchange.getRequestHeaders().getFirst("Authorization");
            String type = exchange.getRequestHeaders().getFirst("Content-Type");
            Answer answer =
                    "Bearer pod-token".equals(who)
                            ? act(exchange.getRequestMethod(), path, String.valueOf(type), body)
                            : failure(401, "Unauthorized", "Unauthorized");
            byte[] json = JsonTree.compact(answer.body()).getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), json.length);
            exchange.getResponseBody().write(json);
        }
    }

    private synchronized Answer act(String method, String path, String type, byte[] body) {
        try {
            Map<String, Object> sent = body.length == 0 ? Map.of() : JsonTree.read(body);
            if (path.equals("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")) {
                return review(sent);
            }
            String name = path.equals(SECRETS) ? "" : path.substring(SECRETS.length() + 1);
            String verb =
                    switch (method) {
                        case "GET" -> "get";
                        case "POST" -> "create";
                        case "PUT" -> "update";
                        default -> "patch";
                    };
            return verbs.contains(verb) ? act(verb, name, type, sent) : forbidden(verb, name);
        } catch (MalformedException e) {
            return failure(400, "BadRequest", e.reason());
        }
    }

    private Answer act(String verb, String name, String type, Map<String, Object> sent) {
        if (verb.equals("create")) {
            String made = String.valueOf(metadata(sent).get("name"));
            return secrets.containsKey(made)
                    ? failure(409, "AlreadyExists", "secrets \"" + made + "\" already exists")
                    : new Answer(201, store(made, sent));
        }
        if (!secrets.containsKey(name)) {
            return failure(404, "NotFound", "secrets \"" + name + "\" not found");
        }
        Map<String, Object> there = secrets.get(name);
        if (verb.equals("get")) {
            return new Answer(200, there);
        }
        Object wanted =
                sent.get("metadata") instanceof Map<?, ?> about
                        ? about.get("resourceVersion")
                        : null;
        if (wanted != null && !wanted.equals(metadata(there).get("resourceVersion"))) {
            return failure(
                    409,
                    "Conflict",
                    "Operation cannot be fulfilled on secrets \""
                            + name
                            + "\": the object has been modified; please apply your changes to the latest version and try again");
        }
        if (verb.equals("update")) {
            return new Answer(200, store(name, sent));
        }
        return type.equals("application/merge-patch+json")
                ? new Answer(200, store(name, merged(there, sent)))
                : failure(
                        415,
                        "UnsupportedMediaType",
                        "the body of the request was in an unknown format");
    }

    /// RFC 7386, section 2.
    private static Map<String, Object> merged(Map<String, Object> there, Map<?, ?> patch) {
        Map<String, Object> merged = new LinkedHashMap<>(there);
        patch.forEach((key, value) -> {
            String name = key.toString();
            if (value == null) {
                merged.remove(name);
            } else if (value instanceof Map<?, ?> part) {
                merged.put(name, merged(members(merged.get(name)), part));
            } else {
                merged.put(name, value);
            }
        });
        return merged;
    }

    private static Map<String, Object> members(Object value) {
        Map<String, Object> members = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, member) -> members.put(key.toString(), member));
        }
        return members;
    }

    private Answer review(Map<String, Object> sent) {
        Map<?, ?> spec = (Map<?, ?>) sent.get("spec");
        Map<?, ?> what = (Map<?, ?>) spec.get("resourceAttributes");
        boolean allowed =
                NAMESPACE.equals(what.get("namespace"))
                        && "secrets".equals(what.get("resource"))
                        && verbs.contains(String.valueOf(what.get("verb")));
        Map<String, Object> review = new LinkedHashMap<>(sent);
        review.put("status", Map.of("allowed", allowed));
        return new Answer(201, review);
    }

    private static Answer forbidden(String verb, String name) {
        return failure(
                403,
                "Forbidden",
                "secrets "
                        + (name.isEmpty() ? "" : "\"" + name + "\" ")
                        + "is forbidden: User \"system:serviceaccount:shop:app\" cannot "
                        + verb
                        + " resource \"secrets\" in API group \"\" in the namespace \"shop\"");
    }

    private static Answer failure(int code, String reason, String message) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("kind", "Status");
        status.put("apiVersion", "v1");
        status.put("status", "Failure");
        status.put("message", message);
        status.put("reason", reason);
        status.put("code", (long) code);
        return new Answer(code, status);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
