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

/// Our relay as the only one of a real tailnet whose nodes cannot reach each other otherwise.
@Tag("host")
@ExtendWith(LabExtension.class)
class RemoraRelayTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Pattern NEAREST =
            Pattern.compile("Nearest DERP: region 902.*r902: [0-9.]+\\S*s", Pattern.DOTALL);

    @Test
    void realNodesMeetThroughItFindItAndReturnAfterItsRestart(Lab lab) {
        RemoraRelay relay = RemoraRelay.start(lab.host("relay"), lab.authority(), 902);
        Headscale headscale = lab.headscale(HeadscaleOptions.defaults().withRelay(relay));
        Host blocked = lab.host("alpha");
        Tailscaled alpha = lab.tailscaled(blocked, Tailscaled.Mode.TUN);
        Tailscaled beta = lab.tailscaled(lab.host("beta"), Tailscaled.Mode.USERSPACE);
        blocked.blockUdp();
        alpha.up(headscale);
        beta.up(headscale);

        Await.until("a pong through our relay", SOON, () -> isRelayed(alpha, "beta"));
        assertThat(blocked.run("ping", "-c5", "-i0.2", "-W5", "-s1200", beta.ip4()).stdout())
                .contains(" 0% packet loss");
        assertThat(beta.cli("netcheck").output())
                .contains("UDP: true", "IPv4: yes, " + beta.host().ip4())
                .containsPattern(NEAREST);
        assertThat(alpha.cli("netcheck").output()).contains("UDP: false").containsPattern(NEAREST);

        relay.stop();
        assertThat(isRelayed(alpha, "beta")).isFalse();
        relay.start();
        Await.until("a pong through our relay", SOON, () -> isRelayed(alpha, "beta"));
    }

    private static boolean isRelayed(Tailscaled from, String to) {
        return from.cli("ping", "--c=1", "--timeout=2s", to).output().contains("via DERP(r902)");
    }
}
