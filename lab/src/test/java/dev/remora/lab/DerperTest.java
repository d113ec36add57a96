package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.peers.Derper;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.HeadscaleOptions;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A relay that is not the control server's: it can go away alone and come back.
@Tag("host")
@ExtendWith(LabExtension.class)
class DerperTest {
    private static final Duration SOON = Duration.ofSeconds(40);

    @Test
    void aRelayThatWasStoppedServesAgainOnceItIsBack(Lab lab) {
        Derper relay = lab.derper("relay", 901);
        Headscale headscale = lab.headscale(HeadscaleOptions.defaults().withRelay(relay));
        Tailscaled alpha = lab.tailscaled(lab.host("alpha"), Tailscaled.Mode.USERSPACE);
        Tailscaled beta = lab.tailscaled(lab.host("beta"), Tailscaled.Mode.USERSPACE);
        alpha.host().blockUdp();
        alpha.up(headscale);
        beta.up(headscale);
        Await.until("a pong through the relay", SOON, () -> isRelayed(alpha, "beta"));

        relay.stop();
        assertThat(isRelayed(alpha, "beta")).isFalse();

        relay.start();
        Await.until("a pong through the relay", SOON, () -> isRelayed(alpha, "beta"));
    }

    private static boolean isRelayed(Tailscaled from, String to) {
        return from.cli("ping", "--c=1", "--timeout=2s", to).output().contains("via DERP(r901)");
    }
}
