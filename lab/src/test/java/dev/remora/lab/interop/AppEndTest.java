package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.apps.FlaskApp;
import dev.remora.lab.net.Host;
import dev.remora.lab.peers.AuthKeyRequest;
import dev.remora.lab.peers.ContainerNode;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.run.Await;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a container does when its app ends, or the app's network.
@Tag("host")
@ExtendWith(LabExtension.class)
class AppEndTest {
    /// An app may restart, and is waited for.
    private static final Duration APP_IS_GONE = Duration.ofSeconds(40);

    private static Lab lab;
    private static Headscale headscale;
    private static Containers containers;

    @BeforeAll
    static void start(Lab theLab) {
        lab = theLab;
        headscale = lab.headscale();
        containers = new Containers(lab, headscale);
    }

    @Test
    void aJobEndsWithItsAppAndLeavesNoNodeBehind() {
        Host host = lab.host("job");
        FlaskApp app = FlaskApp.start(host);
        ContainerNode node =
                containers.node(
                        host,
                        false,
                        "TS_AUTHKEY",
                        headscale.authKey(AuthKeyRequest.forUser("alice").forEphemeralNodes()),
                        "REMORA_SERVE",
                        "tcp:80=localhost:5000",
                        "REMORA_JOB",
                        "true");
        node.start();
        node.awaitRunning();

        app.stop();

        assertThat(node.process().awaitExit(APP_IS_GONE)).isZero();
        assertThat(node.process().log())
                .contains("The app has ended, and with it this container's job");
        Await.until("the server to forget it", Ways.SOON, () -> headscale.node("job").isEmpty());
    }

    @Test
    void withoutItsNetworkItEndsSoThatItIsStartedAnew() {
        Host host = lab.host("cutoff");
        ContainerNode node = containers.node(host, true, "TS_AUTHKEY", headscale.authKey());
        node.start();
        node.awaitRunning();

        host.run("ip", "link", "delete", "eth0").orThrow();

        assertThat(node.process().awaitExit(APP_IS_GONE)).isEqualTo(75);
        assertThat(node.process().log()).contains("ends with code 75");
    }
}
