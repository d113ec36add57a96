package dev.remora.lab.peers;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.LabProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Our own relay with STUN, as a region that can be stopped while the control server stays.
public final class RemoraRelay extends Service implements Relay {
    private static final Duration START_TIME = Duration.ofSeconds(30);

    private final int regionId;
    private final List<String> flags;
    private final Path folder;
    private final Path certificates;

    private RemoraRelay(
            Host host, CertificateAuthority authority, int regionId, List<String> flags) {
        super(host);
        this.regionId = regionId;
        this.flags = flags;
        this.folder = host.folder("relay");
        this.certificates = authority.issue(host.ip4());
    }

    /// Starts one on `host` and waits until it listens.
    ///
    /// @param flags further ones of its own
    public static RemoraRelay start(
            Host host, CertificateAuthority authority, int regionId, String... flags) {
        RemoraRelay relay = new RemoraRelay(host, authority, regionId, List.of(flags));
        relay.start();
        return relay;
    }

    @Override
    LabProcess launch() {
        String certificate = certificates.resolve(host().ip4()).toString();
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of(
                        Programs.remora(),
                        "relay",
                        "--state=" + folder,
                        "--listen=" + host().ip4() + ":443",
                        "--tls=" + certificate + ".crt," + certificate + ".key"));
        command.addAll(flags);
        return host().start("relay", Map.of(), command)
                .awaitSaid(START_TIME, "relay: listening on ");
    }

    @Override
    public int regionId() {
        return regionId;
    }
}
