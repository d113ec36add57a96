package dev.remora.lab.peers;

import dev.remora.lab.net.Host;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What is in the official image, as a pod would run it: containerboot with its tailscaled.
public final class OfficialContainer extends TailnetDaemon {
    private final Path root;

    private OfficialContainer(Host host, Path root, Map<String, String> env) {
        super(host, env);
        this.root = root;
    }

    /// One on `host` that has not been started yet.
    ///
    /// @param root where the pod's service account is mounted, as [KubeApi#mount] does
    /// @param variables `TS_AUTHKEY` and so on
    public static OfficialContainer on(
            Host host, CertificateAuthority authority, Path root, Map<String, String> variables) {
        Map<String, String> env = new HashMap<>(variables);
        env.put("SSL_CERT_FILE", authority.root().toString());
        env.put("PATH", Path.of(Programs.peer("tailscaled")).getParent() + ":/usr/bin:/bin");
        env.put("TS_SOCKET", host.folder("run").resolve("containerboot.sock").toString());
        env.put("TS_STATE_DIR", host.folder("containerboot-state").toString());
        env.put("TS_KUBERNETES_READ_API_SERVER_ADDRESS_FROM_ENV", "true");
        env.put("TS_NO_LOGS_NO_SUPPORT", "true");
        return new OfficialContainer(host, root, env);
    }

    @Override
    String program() {
        return "containerboot";
    }

    /// Its programs look for the service account at the one usual place, so that place is this pod's own.
    @Override
    List<String> daemonCommand() {
        String script =
                "mount -t tmpfs none /var/run && cp -r \"$0\"/var/run/. /var/run && exec containerboot";
        return List.of("sh", "-c", script, root.toString());
    }

    @Override
    List<String> cliCommand() {
        return List.of(Programs.peer("tailscale"));
    }
}
