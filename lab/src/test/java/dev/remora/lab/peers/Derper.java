package dev.remora.lab.peers;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.LabProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A real relay of its own, with STUN: a region that can be stopped while the control server stays.
public final class Derper extends Service implements Relay {
    private static final Duration START_TIME = Duration.ofSeconds(30);

    private final CertificateAuthority authority;
    private final int regionId;
    private final List<String> flags;
    private final Path folder;
    private final Path certificates;

    private Derper(Host host, CertificateAuthority authority, int regionId, List<String> flags) {
        super(host);
        this.authority = authority;
        this.regionId = regionId;
        this.flags = flags;
        this.folder = host.folder("derper");
        this.certificates = authority.issue(host.ip4());
    }

    /// Starts one on `host` and waits until it answers.
    ///
    /// @param flags further ones of its own
    public static Derper start(
            Host host, CertificateAuthority authority, int regionId, String... flags) {
        Derper derper = new Derper(host, authority, regionId, List.of(flags));
        derper.start();
        return derper;
    }

    @Override
    LabProcess launch() {
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of(
                        Programs.peer("derper"),
                        "-c=" + folder.resolve("derper.json"),
                        "-a=" + host().ip4() + ":443",
                        "-http-port=-1",
                        "-certmode=manual",
                        "-certdir=" + certificates,
                        "-hostname=" + host().ip4(),
                        "-stun"));
        command.addAll(flags);
        String trusted = authority.root().toString(); // for relays that it meshes with
        LabProcess launched = host().start("derper", Map.of("SSL_CERT_FILE", trusted), command);
        launched.awaitReady(START_TIME, "derper answered", this::answers);
        return launched;
    }

    private boolean answers() {
        String root = authority.root().toString();
        String url = "https://" + host().ip4() + "/derp/probe";
        return host().run("curl", "-sf", "--cacert", root, url).ok();
    }

    @Override
    public int regionId() {
        return regionId;
    }
}
