package dev.remora.lab.peers;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Our own relay with STUN, as a region that can be stopped while the control server stays.
public final class RemoraRelay {
    private static final Duration START_TIME = Duration.ofSeconds(30);

    private final Host host;
    private final int regionId;
    private final Path folder;
    private final Path certificates;
    private int starts;
    private LabProcess process;

    private RemoraRelay(Host host, CertificateAuthority authority, int regionId) {
        this.host = host;
        this.regionId = regionId;
        this.folder = host.folder("relay");
        this.certificates = authority.issue(host.ip4());
        this.process = launch();
    }

    /// Starts one on `host` and waits until it listens.
    public static RemoraRelay start(Host host, CertificateAuthority authority, int regionId) {
        return new RemoraRelay(host, authority, regionId);
    }

    private LabProcess launch() {
        String certificate = certificates.resolve(host.ip4()).toString();
        LabProcess launched =
                host.start(
                        "relay",
                        Map.of(),
                        List.of(
                                Programs.remora(),
                                "relay",
                                "--state=" + folder,
                                "--listen=" + host.ip4() + ":443",
                                "--tls=" + certificate + ".crt," + certificate + ".key"));
        int before = starts;
        launched.awaitReady(START_TIME, "our relay listened", () -> starts(launched) > before);
        starts = starts(launched);
        return launched;
    }

    /// How often the log, which all its lives share, says that it listens.
    private static int starts(LabProcess process) {
        return process.log().split("INFO  relay: listening on ", -1).length - 1;
    }

    /// A file that describes this relay as headscale's `derp.paths` wants it.
    public Path derpMap() {
        String map =
                """
                regions:
                  %1$d:
                    regionid: %1$d
                    regioncode: r%1$d
                    regionname: region %1$d
                    nodes:
                      - {name: %1$da, regionid: %1$d, hostname: %2$s, ipv4: %2$s, stunport: 3478, derpport: 443}
                """
                        .formatted(regionId, host.ip4());
        try {
            return Files.writeString(folder.resolve("map.yaml"), map);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void stop() {
        process.stop();
    }

    /// Starts it again, with the key it had.
    public void start() {
        process = launch();
    }
}
