package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.net.Host;
import dev.remora.lab.peers.Derper;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.HeadscaleOptions;
import dev.remora.lab.peers.Relay;
import dev.remora.lab.peers.RemoraRelay;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Our relay and a real one in one region.
@Tag("host")
@ExtendWith(LabExtension.class)
class RemoraRelayMeshTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    /// One node is a client of ours, the other of the real relay: what passes between them passes the mesh in both
    /// directions.
    @Test
    void realNodesMeetThroughItsMeshWithARealRelay(Lab lab) throws IOException {
        Host here = lab.host("ours");
        Host there = lab.host("theirs");
        Path secret = Files.writeString(lab.folder().resolve("mesh.key"), "5e".repeat(32) + "\n");
        Relay theirs =
                Derper.start(
                        there,
                        lab.authority(),
                        903,
                        "-mesh-psk-file=" + secret,
                        "-mesh-with=" + here.ip4());
        Relay ours =
                RemoraRelay.start(
                        here,
                        lab.authority(),
                        903,
                        "--mesh-key=" + secret,
                        "--mesh-with=" + there.ip4(),
                        "--trust=" + lab.authority().root(),
                        "--metrics=9911");
        Headscale headscale = lab.headscale(HeadscaleOptions.defaults().withRelay(ours, theirs));
        Tailscaled alpha = lab.tailscaled(lab.host("alpha"), Tailscaled.Mode.USERSPACE);
        Tailscaled beta = lab.tailscaled(lab.host("beta"), Tailscaled.Mode.USERSPACE);
        alpha.host().blockUdp();
        // the control server lists a region's relays in an order of its own
        alpha.host().run("ip", "route", "add", "blackhole", there.ip4()).orThrow();
        beta.host().run("ip", "route", "add", "blackhole", here.ip4()).orThrow();
        alpha.up(headscale);
        beta.up(headscale);

        Await.until("a pong through the mesh", SOON, () -> isRelayed(alpha, ours));
        String metrics = here.run("curl", "-sf", "http://127.0.0.1:9911/metrics").stdout();
        assertThat(metrics)
                .contains("remora_relay_mesh_links 1\n")
                .containsPattern("remora_relay_packets_forwarded_total [1-9]");
    }

    private static boolean isRelayed(Tailscaled from, Relay relay) {
        return from.cli("ping", "--c=1", "--timeout=2s", "beta")
                .output()
                .contains("via DERP(r" + relay.regionId() + ")");
    }
}
