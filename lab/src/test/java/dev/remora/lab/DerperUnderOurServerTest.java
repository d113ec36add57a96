package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.net.Host;
import dev.remora.lab.peers.Derper;
import dev.remora.lab.peers.RemoraControl;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.peers.TailnetDaemon;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Our control server without a relay of its own: a real derper, which asks it who is a member.
@Tag("host")
@ExtendWith(LabExtension.class)
class DerperUnderOurServerTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String MAP =
            """
            {"Regions": {"903": {"RegionID": 903, "RegionCode": "r903", "RegionName": "a real one", "Nodes": [
              {"Name": "903a", "RegionID": 903, "HostName": "%1$s", "IPv4": "%1$s", "DERPPort": 443, "STUNPort": 3478}]}}}
            """;

    @Test
    void membersMeetThroughARealRelayThatAsksOurServerAboutThem(Lab lab) throws IOException {
        Host relay = lab.host("relay");
        Path map = relay.folder("region").resolve("map.json");
        Files.writeString(map, MAP.formatted(relay.ip4()));
        RemoraControl control =
                RemoraControl.start(
                        lab.host("ctl"),
                        lab.authority(),
                        "--relay=off",
                        "--stun=off",
                        "--derp-map=" + map);
        Derper.start(
                relay,
                lab.authority(),
                903,
                "-verify-client-url=" + control.url() + "/verify",
                "-verify-client-url-fail-open=false");
        Tailscaled alpha = lab.tailscaled(lab.host("alpha"), Tailscaled.Mode.TUN);
        Tailscaled beta = lab.tailscaled(lab.host("beta"), Tailscaled.Mode.USERSPACE);
        RemoraDaemon app = lab.remora(lab.host("app"));
        for (TailnetDaemon node : List.of(alpha, beta, app)) {
            node.host().blockUdp();
            node.up(control);
        }

        awaitRelayed(alpha, "beta");
        awaitRelayed(alpha, "app");
        awaitRelayed(app, "alpha");
        assertThat(alpha.host().run("ping", "-c3", "-i0.2", "-W5", beta.ip4()).stdout())
                .contains(" 0% packet loss");
    }

    private static void awaitRelayed(TailnetDaemon from, String to) {
        Await.until(
                "a pong through derper from " + from + " to " + to,
                SOON,
                () ->
                        from.cli("ping", "--c=1", "--timeout=2s", to)
                                .output()
                                .contains("via DERP(r903)"));
    }
}
