package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.net.Host;
import dev.remora.lab.peers.Programs;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.LabProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The ordinary client in the demo's tailnet.
@Tag("host")
@ExtendWith(LabExtension.class)
class DemoJoinTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern COMMAND = Pattern.compile("to join +tailscale (.*)");

    @Test
    void aRealClientJoinsByTheCommandThatTheDemoPrints(Lab lab) {
        Host here = lab.host("demo");
        LabProcess demo = here.start("demo", Map.of(), List.of(Programs.remora(), "demo"));
        demo.awaitSaid(SOON, "on any machine that reaches this one");
        assertThat(demo.log()).doesNotContain("WARN");
        Tailscaled client = lab.tailscaled(lab.host("alpha"), Tailscaled.Mode.TUN);

        client.cli(SOON, command(demo.log())).orThrow();
        client.awaitRunning();

        String app =
                client.peer("app")
                        .orElseThrow()
                        .at("TailscaleIPs")
                        .each()
                        .toList()
                        .getFirst()
                        .text();
        Await.until(
                "the app to see the client directly",
                SOON,
                () -> {
                    String page =
                            client.host().run("curl", "-s", "-m20", "http://" + app + "/").stdout();
                    return page.contains("You are on the tailnet")
                            && page.contains("(" + client.ip4() + ", of demo)")
                            && page.contains("direct, from ");
                });
        assertThat(client.cli("netcheck").output()).contains("UDP: true", "own:");

        Tailscaled old =
                Tailscaled.of(
                        Tailscaled.Release.OLDEST,
                        lab.host("old"),
                        lab.authority(),
                        Tailscaled.Mode.USERSPACE);
        old.start();
        old.cli(SOON, command(demo.log())).orThrow();
        for (Tailscaled node : List.of(client, old)) {
            node.host().blockUdp();
            Await.until(
                    "a pong through the demo's relay to " + node,
                    SOON,
                    () ->
                            node.cli("ping", "--c=1", "--timeout=2s", "app")
                                    .output()
                                    .contains("via DERP(own)"));
        }
        demo.signal("INT");
        assertThat(demo.awaitExit(SOON)).isZero();
    }

    private static String[] command(String log) {
        Matcher found = COMMAND.matcher(log);
        assertThat(found.find()).as(log).isTrue();
        return found.group(1).split(" ");
    }
}
