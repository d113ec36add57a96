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

/// A real relay of its own, with STUN: a region that can be stopped while the control server stays.
public final class Derper {
    private static final Duration START_TIME = Duration.ofSeconds(30);

    private final Host host;
    private final CertificateAuthority authority;
    private final int regionId;
    private final Path folder;
    private final Path certificates;
    private LabProcess process;

    private Derper(Host host, CertificateAuthority authority, int regionId) {
        this.host = host;
        this.authority = authority;
        this.regionId = regionId;
        this.folder = host.folder("derper");
        this.certificates = authority.issue(host.ip4());
        this.process = launch();
    }

    /// Starts one on `host` and waits until it answers.
    public static Derper start(Host host, CertificateAuthority authority, int regionId) {
        return new Derper(host, authority, regionId);
    }

    private LabProcess launch() {
        LabProcess launched =
                host.start(
                        "derper",
                        Map.of(),
                        List.of(
                                Programs.peer("derper"),
                                "-c=" + folder.resolve("derper.json"),
                                "-a=" + host.ip4() + ":443",
                                "-http-port=-1",
                                "-certmode=manual",
                                "-certdir=" + certificates,
                                "-hostname=" + host.ip4(),
                                "-stun"));
        launched.awaitReady(START_TIME, "derper answered", this::answers);
        return launched;
    }

    private boolean answers() {
        String root = authority.root().toString();
        String url = "https://" + host.ip4() + "/derp/probe";
        return host.run("curl", "-sf", "--cacert", root, url).ok();
    }

    /// A file that describes this relay as headscale's `derp.paths` wants it.
    public Path derpMap() {
        Path file = folder.resolve("map.yaml");
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
            return Files.writeString(file, map);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int regionId() {
        return regionId;
    }

    public Host host() {
        return host;
    }

    public LabProcess process() {
        return process;
    }

    public void stop() {
        process.stop();
    }

    /// Starts it again, with the key it had.
    public void start() {
        process = launch();
    }
}
