package dev.remora.lab.peers;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.LabProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Our own relay with STUN, as a region that can be stopped while the control server stays.
public final class RemoraRelay implements Relay {
    private static final Duration START_TIME = Duration.ofSeconds(30);

    private final Host host;
    private final int regionId;
    private final List<String> flags;
    private final Path folder;
    private final Path certificates;
    private int starts;
    private LabProcess process;

    private RemoraRelay(
            Host host, CertificateAuthority authority, int regionId, List<String> flags) {
        this.host = host;
        this.regionId = regionId;
        this.flags = flags;
        this.folder = host.folder("relay");
        this.certificates = authority.issue(host.ip4());
        this.process = launch();
    }

    /// Starts one on `host` and waits until it listens.
    ///
    /// @param flags further ones of its own
    public static RemoraRelay start(
            Host host, CertificateAuthority authority, int regionId, String... flags) {
        return new RemoraRelay(host, authority, regionId, List.of(flags));
    }

    private LabProcess launch() {
        String certificate = certificates.resolve(host.ip4()).toString();
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of(
                        Programs.remora(),
                        "relay",
                        "--state=" + folder,
                        "--listen=" + host.ip4() + ":443",
                        "--tls=" + certificate + ".crt," + certificate + ".key"));
        command.addAll(flags);
        LabProcess launched = host.start("relay", Map.of(), command);
        int before = starts;
        launched.awaitReady(START_TIME, "our relay listened", () -> starts(launched) > before);
        starts = starts(launched);
        return launched;
    }

    /// How often the log, which all its lives share, says that it listens.
    private static int starts(LabProcess process) {
        return process.log().split("INFO  relay: listening on ", -1).length - 1;
    }

    @Override
    public Host host() {
        return host;
    }

    @Override
    public int regionId() {
        return regionId;
    }

    @Override
    public void stop() {
        process.stop();
    }

    @Override
    public void start() {
        process = launch();
    }
}
