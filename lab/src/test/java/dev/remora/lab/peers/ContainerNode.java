package dev.remora.lab.peers;

import dev.remora.lab.net.Host;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Our program as a container runs it: told everything by its environment, and by nobody else.
public final class ContainerNode extends TailnetDaemon {
    private ContainerNode(Host host, Map<String, String> env) {
        super(host, env);
    }

    /// One on `host` that has not been started yet.
    ///
    /// @param variables `TS_AUTHKEY` and so on; socket and state directory are added, the latter if it is to be kept
    public static ContainerNode on(
            Host host,
            CertificateAuthority authority,
            boolean keepsState,
            Map<String, String> variables) {
        Map<String, String> env = new HashMap<>(variables);
        env.put("SSL_CERT_FILE", authority.root().toString());
        env.put("REMORA_PROGRAM", "containerboot");
        env.put("TS_SOCKET", socketOn(host).toString());
        env.put("TS_TEST_ONLY_ROOT", host.folder("root").toString());
        if (keepsState) {
            env.put("TS_STATE_DIR", host.folder("remora-state").toString());
        }
        return new ContainerNode(host, env);
    }

    private static Path socketOn(Host host) {
        return host.folder("run").resolve("remora.sock");
    }

    @Override
    String program() {
        return "remora";
    }

    @Override
    List<String> daemonCommand() {
        return List.of(Programs.remora());
    }

    @Override
    List<String> cliCommand() {
        return List.of("env", "-u", "REMORA_PROGRAM", Programs.remora());
    }
}
