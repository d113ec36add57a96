package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.UsesDocker;
import dev.remora.lab.docker.ComposeFiles;
import dev.remora.lab.docker.ComposeStack;
import dev.remora.lab.docker.DockerImage;
import dev.remora.lab.net.Host;
import dev.remora.lab.peers.Programs;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The example of a server in a container, as a user runs it: with a certificate of its own that devices are given.
@UsesDocker
class ServerInAContainerTest {
    private static final String STATE = "/var/lib/remora-server";
    private static final Path EXAMPLE =
            Programs.repository().resolve("examples/server/docker-compose.yml");

    @Test
    void theOldestReleaseJoinsByTheServersOwnCertificateAndStaysOverANewContainer(Lab lab)
            throws Exception {
        lab.docker().image(DockerImage.REMORA);
        String ip = lab.docker().host().ip4();
        ComposeStack stack =
                lab.docker()
                        .stack(
                                "server",
                                ComposeFiles.of(Files.readString(EXAMPLE))
                                        .with("server", "healthcheck:\n  interval: 1s\n")
                                        .withVariable("SERVER_HOST", ip));
        stack.up();
        awaitHealthy(stack);
        command(stack, "users", "create", "alice");
        String key = command(stack, "preauthkeys", "create", "--user", "alice").strip();
        Host host = lab.docker().host();
        Path trusted = host.folder("trusted").resolve("cert.pem");
        Files.writeString(trusted, inside(stack, "cat", STATE + "/cert.pem"));
        Tailscaled node =
                Tailscaled.of(Tailscaled.Release.OLDEST, host, trusted, Tailscaled.Mode.USERSPACE);
        node.start();

        node.cli(Ways.SOON, "up", "--login-server=https://" + ip, "--auth-key=" + key).orThrow();
        node.awaitRunning();
        assertThat(node.cli("netcheck").output()).contains("own:");
        List<String> before = keys(stack);

        stack.down();
        stack.up();
        awaitHealthy(stack);
        Await.until("the node to be back", Ways.SOON, () -> nodes(stack).at("online").bool());
        assertThat(keys(stack)).isEqualTo(before).hasSize(1);
        stack.down("--volumes");
    }

    private static void awaitHealthy(ComposeStack stack) {
        Await.until(
                "the server to be healthy",
                Ways.SOON,
                () ->
                        stack.container("server")
                                .state()
                                .at("Health")
                                .at("Status")
                                .text()
                                .equals("healthy"));
    }

    private static Json nodes(ComposeStack stack) {
        String json = command(stack, "nodes", "list", "--output=json");
        return Json.parse(json).each().findFirst().orElseThrow();
    }

    private static List<String> keys(ComposeStack stack) {
        String json = command(stack, "nodes", "list", "--output=json");
        return Json.parse(json).each().map(node -> node.at("node_key").text()).toList();
    }

    private static String command(ComposeStack stack, String... words) {
        List<String> all = new ArrayList<>(List.of("remora", "server", "--state=" + STATE));
        all.addAll(List.of(words));
        return inside(stack, all.toArray(String[]::new));
    }

    private static String inside(ComposeStack stack, String... words) {
        return stack.container("server").exec(words).orThrow().stdout();
    }
}
