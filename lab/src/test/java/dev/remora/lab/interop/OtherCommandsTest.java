package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.UsesDocker;
import dev.remora.lab.docker.ComposeFiles;
import dev.remora.lab.docker.ComposeStack;
import dev.remora.lab.docker.DockerContainer;
import dev.remora.lab.docker.DockerImage;
import dev.remora.lab.peers.AuthKeyRequest;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Stacks that start something else than the image's own program, or an app only when the node is well: as with the official image, with nothing else changed.
@UsesDocker
class OtherCommandsTest {
    private static final List<String> SERVE =
            List.of("tailscale", "serve", "--bg", "--tcp", "8080", "tcp://localhost:80");

    private static Lab lab;
    private static DockerTailnet tailnet;

    @BeforeAll
    static void start(Lab theLab) {
        lab = theLab;
        tailnet = DockerTailnet.in(lab);
    }

    private static ComposeStack up(DockerImage image, String key) {
        String node = image.name().toLowerCase(Locale.ROOT);
        ComposeFiles files =
                ComposeFiles.resource("commands")
                        .withVariable("NODE", node)
                        .withVariable("IMAGE", lab.docker().image(image))
                        .withText("authkey", key);
        for (String service : List.of("shell", "daemon", "waited-for")) {
            files = tailnet.inThisLab(files, service, key);
        }
        ComposeStack stack = lab.docker().stack(node, files);
        stack.up();
        return stack;
    }

    @ParameterizedTest
    @EnumSource
    void areStartedAsWithTheOfficialImage(DockerImage image) {
        String key = tailnet.control().authKey(AuthKeyRequest.forUser("alice").reusableKey());
        ComposeStack stack = up(image, key); // it returns when the app that waits was started
        tailnet.awaitNginx(stack.container("waited-for").awaitAddresses().getFirst());
        tailnet.awaitNginx(stack.container("shell").awaitAddresses().getFirst());

        DockerContainer daemon = stack.container("daemon");
        daemon.exec(
                        "tailscale",
                        "up",
                        "--login-server=" + tailnet.control().url(),
                        "--authkey=" + key)
                .orThrow();
        daemon.exec(SERVE.toArray(String[]::new)).orThrow();
        List<String> ips = daemon.awaitAddresses();
        tailnet.awaitNginx(ips.getFirst());
        answersWhatScriptsAsk(daemon);

        stack.compose("up", "--detach", "--force-recreate", "daemon", "daemon-app").orThrow();
        assertThat(daemon.awaitAddresses()).isEqualTo(ips);
        tailnet.awaitNginx(ips.getFirst());
        lab.docker().clear();
    }

    private static void answersWhatScriptsAsk(DockerContainer node) {
        assertThat(node.exec("tailscale", "wait", "--timeout=30s").orThrow().output()).isEmpty();
        assertThat(node.exec("tailscale", "metrics").orThrow().stdout())
                .contains("tailscaled_home_derp_region_id ");
        assertThat(node.exec("tailscale", "metrics", "write", "/tmp/node.prom").ok()).isTrue();
        assertThat(node.exec("cat", "/tmp/node.prom").stdout()).contains("tailscaled_");
        assertThat(node.exec("tailscale", "lock", "status").orThrow().stdout())
                .startsWith("Tailnet Lock is NOT enabled.\n");
    }
}
