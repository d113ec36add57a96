package dev.remora.lab.peers;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabException;
import dev.remora.lab.run.LabProcess;
import dev.remora.lab.run.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A real Kubernetes API server with its etcd, and nothing else of a cluster: what is asked for is checked, kept and answered, and no pod ever runs.
///
/// It has one namespace, [#NAMESPACE], in which the Pod Security standard "restricted" is enforced.
public final class KubeApi extends Service {
    public static final String NAMESPACE = "shop";

    private static final Duration START_TIME = Duration.ofSeconds(90);
    private static final String ADMIN = "admin-token";
    private static final String STORE = "http://127.0.0.1:2379";

    private final CertificateAuthority authority;
    private final Path folder;
    private final Path certificates;

    /// What the API server answers.
    ///
    /// @param status of HTTP
    public record Answer(int status, Json body) {}

    private KubeApi(Host host, CertificateAuthority authority) {
        super(host);
        this.authority = authority;
        this.folder = host.folder("kube");
        this.certificates = authority.issue(host.ip4());
        write(folder.resolve("tokens.csv"), ADMIN + ",admin,1,system:masters\n");
    }

    /// Starts both on `host` and waits until the API server is ready.
    public static KubeApi start(Host host, CertificateAuthority authority) {
        KubeApi api = new KubeApi(host, authority);
        api.launchStore();
        api.start();
        api.apply(
                """
                apiVersion: v1
                kind: Namespace
                metadata:
                  name: %s
                  labels:
                    pod-security.kubernetes.io/enforce: restricted
                """
                        .formatted(NAMESPACE));
        api.apply(
                """
                apiVersion: v1
                kind: ServiceAccount
                metadata:
                  name: default
                """);
        return api;
    }

    private void launchStore() {
        List<String> command =
                List.of(
                        Programs.kube("etcd"),
                        "--data-dir=" + folder.resolve("etcd"),
                        "--listen-client-urls=" + STORE,
                        "--advertise-client-urls=" + STORE,
                        "--listen-peer-urls=http://127.0.0.1:0",
                        "--unsafe-no-fsync");
        host().start("etcd", Map.of(), command)
                .awaitReady(
                        START_TIME,
                        "etcd answered",
                        () -> host().run("curl", "-sf", STORE + "/health").ok());
    }

    @Override
    LabProcess launch() {
        String certificate = certificates.resolve(host().ip4()).toString();
        List<String> command =
                List.of(
                        Programs.kube("kube-apiserver"),
                        "--etcd-servers=" + STORE,
                        "--bind-address=" + host().ip4(),
                        "--advertise-address=" + host().ip4(),
                        "--secure-port=443",
                        "--endpoint-reconciler-type=none",
                        "--service-cluster-ip-range=10.96.0.0/24",
                        "--tls-cert-file=" + certificate + ".crt",
                        "--tls-private-key-file=" + certificate + ".key",
                        "--service-account-issuer=https://cluster.test",
                        "--service-account-key-file=" + certificate + ".crt",
                        "--service-account-signing-key-file=" + certificate + ".key",
                        "--authorization-mode=RBAC",
                        "--token-auth-file=" + folder.resolve("tokens.csv"));
        LabProcess launched = host().start("kube", Map.of(), command);
        launched.awaitReady(
                START_TIME,
                "the API server was ready",
                () -> ask("GET", "/readyz").status() == 200);
        return launched;
    }

    /// Asks as an administrator.
    ///
    /// @param body JSON or YAML, none for none
    public Answer ask(String method, String path, String... body) {
        List<String> command = new ArrayList<>(List.of("curl", "-s", "-X", method));
        command.addAll(List.of("--cacert", authority.root().toString()));
        command.addAll(List.of("-H", "Authorization: Bearer " + ADMIN));
        command.addAll(List.of("-H", "Accept: application/json"));
        command.addAll(List.of("-w", "\n%{http_code}"));
        if (body.length > 0) {
            String type = method.equals("PATCH") ? "apply-patch+yaml" : "yaml";
            command.addAll(List.of("-H", "Content-Type: application/" + type));
            command.addAll(List.of("--data-binary", "@-"));
        }
        command.add("https://" + host().ip4() + path);
        String text = host().run(command, Map.of(), String.join("", body), Shell.PATIENCE).stdout();
        int cut = text.lastIndexOf('\n');
        String json = text.substring(0, cut);
        return new Answer(
                Integer.parseInt(text.substring(cut + 1)),
                json.startsWith("{") ? Json.parse(json) : new Json(json));
    }

    /// Applies one manifest, as `kubectl apply --server-side` does. What the API does not know in it is an error.
    public void apply(String manifest) {
        String path = collection(manifest) + "/" + line(manifest, "  name: ");
        Answer answer =
                ask(
                        "PATCH",
                        path + "?fieldManager=lab&force=true&fieldValidation=Strict",
                        manifest);
        if (answer.status() / 100 != 2) {
            throw new LabException("the API server refuses " + path + ": " + answer.body());
        }
    }

    private static String collection(String manifest) {
        String version = line(manifest, "apiVersion: ");
        String group = version.contains("/") ? "/apis/" + version : "/api/" + version;
        String plural = line(manifest, "kind: ").toLowerCase() + "s";
        return plural.equals("namespaces")
                ? group + "/" + plural
                : group + "/namespaces/" + NAMESPACE + "/" + plural;
    }

    /// What is behind the first of these starts of a line.
    private static String line(String manifest, String start) {
        return manifest.lines()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .findFirst()
                .orElseThrow(() -> new LabException("no " + start + "in " + manifest));
    }

    /// What the kubelet would put into a pod of this service account, below a root directory of that pod's own.
    public void mount(Path root, String serviceAccount) {
        Path account = root.resolve("var/run/secrets/kubernetes.io/serviceaccount");
        String token =
                ask("POST", path("serviceaccounts", serviceAccount) + "/token", "{}")
                        .body()
                        .at("status")
                        .at("token")
                        .text();
        try {
            Files.createDirectories(account);
            Files.copy(authority.root(), account.resolve("ca.crt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        write(account.resolve("token"), token);
        write(account.resolve("namespace"), NAMESPACE);
    }

    /// And what it would put into its environment.
    public Map<String, String> environment() {
        return Map.of(
                "KUBERNETES_SERVICE_HOST", host().ip4(),
                "KUBERNETES_SERVICE_PORT", "443",
                "KUBERNETES_SERVICE_PORT_HTTPS", "443");
    }

    /// What a Secret keeps; empty if it is not there.
    public Map<String, String> secret(String name) {
        Json data = ask("GET", path("secrets", name)).body().at("data");
        Map<String, String> entries = new TreeMap<>();
        for (String entry : data.names()) {
            byte[] value = Base64.getDecoder().decode(data.at(entry).text());
            entries.put(entry, new String(value, StandardCharsets.UTF_8));
        }
        return entries;
    }

    /// Where something of the namespace is.
    public static String path(String kinds, String name) {
        return "/api/v1/namespaces/%s/%s/%s".formatted(NAMESPACE, kinds, name);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
