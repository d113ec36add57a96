package dev.remora.sidecar.kube;

import dev.remora.base.MalformedException;
import dev.remora.io.control.ControlUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/// What a pod finds of the cluster that it runs in: variables of the kubelet, and the files of its service account.
///
/// @param server the API server
/// @param namespace the pod's own
/// @param authority PEM file of who signed the server's certificate
/// @param token file with the password of the moment; the kubelet replaces it from time to time
public record Cluster(ControlUrl server, String namespace, Path authority, Path token) {
    private static final String ACCOUNT = "var/run/secrets/kubernetes.io/serviceaccount";
    private static final String HOST = "KUBERNETES_SERVICE_HOST";

    /// The namespace is a label of DNS.
    private static final int MAX_NAMESPACE = 63;

    /// Whether the environment is that of a pod.
    public static boolean isHere(Map<String, String> environment) {
        return !environment.getOrDefault(HOST, "").isEmpty();
    }

    /// Whether the pod has a service account to speak for it.
    ///
    /// @param root where the file system begins, `/` but in tests
    public static boolean hasAccount(Path root) {
        return Files.isReadable(root.resolve(ACCOUNT).resolve("token"));
    }

    /// @throws KubeException if this is no pod, or one without a service account; it says which
    public static Cluster find(Map<String, String> environment, Path root) throws KubeException {
        if (!isHere(environment)) {
            throw new KubeException(
                    "a Kubernetes Secret can be used in a pod only: KUBERNETES_SERVICE_HOST is not set");
        }
        Path account = root.resolve(ACCOUNT);
        return new Cluster(
                server(environment),
                namespace(account),
                account.resolve("ca.crt"),
                account.resolve("token"));
    }

    private static ControlUrl server(Map<String, String> environment) throws KubeException {
        String host = environment.getOrDefault(HOST, "");
        String bracketed = host.indexOf(':') < 0 ? host : "[" + host + "]";
        String port =
                environment.getOrDefault(
                        "KUBERNETES_SERVICE_PORT_HTTPS",
                        environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443"));
        try {
            return ControlUrl.parse("https://" + bracketed + ":" + port);
        } catch (MalformedException e) {
            throw new KubeException(
                    "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT name no server: "
                            + host
                            + ", "
                            + port);
        }
    }

    private static String namespace(Path account) throws KubeException {
        String text = read(account.resolve("namespace"));
        if (!text.matches("[a-z0-9-]{1," + MAX_NAMESPACE + "}")) {
            throw new KubeException(account.resolve("namespace") + " names no namespace");
        }
        return text;
    }

    /// The password of the moment.
    String password() throws KubeException {
        return read(token);
    }

    private static String read(Path file) throws KubeException {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            throw new KubeException(
                    "this pod has no service account ("
                            + file
                            + " is not there): set automountServiceAccountToken, or TS_KUBE_SECRET to nothing");
        } catch (IOException e) {
            throw new KubeException("cannot read " + file + ": " + e.getMessage());
        }
    }
}
