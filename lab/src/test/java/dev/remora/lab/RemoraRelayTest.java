package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.net.Host;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.HeadscaleOptions;
import dev.remora.lab.peers.RemoraRelay;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Our relay under a real control server, for real nodes that cannot reach each other otherwise.
@Tag("host")
@ExtendWith(LabExtension.class)
class RemoraRelayTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern REFUSED =
            Pattern.compile("hangups_total\\{reason=\"not_admitted\"} [1-9]");
    private static final Pattern NEAREST =
            Pattern.compile("Nearest DERP: region 902.*r902: [0-9.]+\\S*s", Pattern.DOTALL);

    /// It lets in whom the control server knows, which a client with a key of its own making is not.
    @Test
    void realNodesMeetThroughItFindItAndReturnAfterItsRestartAndStrangersDoNot(Lab lab) {
        Host control = lab.host("ctl");
        RemoraRelay relay =
                RemoraRelay.start(
                        lab.host("relay"),
                        lab.authority(),
                        902,
                        "--verify=https://" + control.ip4() + "/verify",
                        "--trust=" + lab.authority().root(),
                        "--metrics=9911");
        Headscale headscale =
                Headscale.start(
                        control, lab.authority(), HeadscaleOptions.defaults().withRelay(relay));
        Host blocked = lab.host("alpha");
        Tailscaled alpha = lab.tailscaled(blocked, Tailscaled.Mode.TUN);
        Tailscaled beta = lab.tailscaled(lab.host("beta"), Tailscaled.Mode.USERSPACE);
        blocked.blockUdp();
        alpha.up(headscale);
        beta.up(headscale);

        Await.until("a pong through our relay", SOON, () -> isRelayed(alpha, relay));
        assertThat(blocked.run("ping", "-c5", "-i0.2", "-W5", "-s1200", beta.ip4()).stdout())
                .contains(" 0% packet loss");
        assertThat(beta.cli("netcheck").output())
                .contains("UDP: true", "IPv4: yes, " + beta.host().ip4())
                .containsPattern(NEAREST);
        assertThat(alpha.cli("netcheck").output()).contains("UDP: false").containsPattern(NEAREST);

        alpha.cli("debug", "derp", "902").orThrow();
        Await.until("the stranger's refusal", SOON, () -> hasRefused(relay));
        assertThat(metrics(relay)).contains("remora_relay_clients 2\n");

        relay.stop();
        assertThat(isRelayed(alpha, relay)).isFalse();
        relay.start();
        Await.until("a pong through our relay", SOON, () -> isRelayed(alpha, relay));
    }

    private static boolean hasRefused(RemoraRelay relay) {
        return REFUSED.matcher(metrics(relay)).find();
    }

    private static String metrics(RemoraRelay relay) {
        return relay.host().run("curl", "-sf", "http://127.0.0.1:9911/metrics").stdout();
    }

    private static boolean isRelayed(Tailscaled from, RemoraRelay relay) {
        return from.cli("ping", "--c=1", "--timeout=2s", "beta")
                .output()
                .contains("via DERP(r" + relay.regionId() + ")");
    }
}
