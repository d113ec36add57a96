package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.remora.lab.Lab;
import dev.remora.lab.UsesDocker;
import dev.remora.lab.docker.ComposeFiles;
import dev.remora.lab.docker.ComposeProgram;
import dev.remora.lab.docker.ComposeStack;
import dev.remora.lab.docker.DockerContainer;
import dev.remora.lab.docker.DockerImage;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.Programs;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The example that users copy, on a real engine: what they see of it, from outside and from inside.
@UsesDocker
class ComposeStackTest {
    private static final String NODE = "my-flask-app-docker-sidecar";

    /// A command that lasts says of itself that it may be ended before the daemon where memory is short.
    private static final String WHOM_THE_KERNEL_ENDS_FIRST =
            """
            tailscale serve --tcp 81 tcp://localhost:5000 >/dev/null & command=$!
            until [ "$(cat /proc/$command/oom_score_adj)" = 1000 ]; do kill -0 $command || exit 1; done
            kill $command
            [ "$(cat /proc/1/oom_score_adj)" = 0 ]
            """;

    private static Lab lab;
    private static DockerTailnet tailnet;

    @BeforeAll
    static void start(Lab theLab) {
        lab = theLab;
        tailnet = DockerTailnet.in(lab);
        lab.docker().image(DockerImage.REMORA);
    }

    private static DockerContainer up(String name, ComposeFiles files) {
        // the engine looks at the health more often than it would
        ComposeFiles watched = files.with("remora-sidecar", "healthcheck:\n  interval: 1s");
        ComposeStack stack = lab.docker().stack(name, watched);
        stack.up();
        return stack.container("remora-sidecar");
    }

    @Test
    void theExampleIsReachedByNameAndByAddress() {
        DockerContainer sidecar = up("example", tailnet.example(tailnet.taggedKey()));
        List<String> ips = sidecar.awaitAddresses();

        tailnet.awaitFlask(ips.get(0));
        tailnet.awaitFlask("[" + ips.get(1) + "]");
        tailnet.awaitFlask(NODE);
        tailnet.awaitFlask(NODE + "." + Headscale.DOMAIN);
        assertThat(sidecar.exec("tailscale", "status").orThrow().stdout())
                .contains(ips.get(0), NODE, "tagged-devices");
        assertThat(tailnet.control().node(NODE).orElseThrow().at("tags").each().map(Json::text))
                .containsExactlyInAnyOrder("tag:flask-app-service", "tag:dockerized-app");
        assertThat(userOfTheProgram(sidecar)).isEqualTo("65532");
        sidecar.awaitHealth("healthy");
        assertThat(sidecar.exec("cat", "/opt/remora/sbom/remora.cdx.json").stdout())
                .containsPattern("\"name\" : \"OpenJDK\".*\"version\" : \"25[.]");
        assertThat(sidecar.exec("sh", "-c", WHOM_THE_KERNEL_ENDS_FIRST).ok()).isTrue();
    }

    /// The number of the user that the container's first process belongs to.
    private static String userOfTheProgram(DockerContainer container) {
        String pid = "%.0f".formatted(container.state().at("Pid").number());
        return Shell.run("ps", "-o", "uid=", "-p", pid).stdout().strip();
    }

    @Test
    void threeStacksLiveOnOneHost() {
        List<String> names = List.of("one", "two", "three");
        List<DockerContainer> sidecars =
                names.stream().map(name -> up("of-" + name, tailnet.named(name))).toList();

        for (int i = 0; i < names.size(); i++) {
            sidecars.get(i).awaitAddresses();
            tailnet.awaitFlask(names.get(i) + "." + Headscale.DOMAIN);
        }
        assertThat(sidecars.stream().map(each -> each.awaitAddresses().get(0)).distinct())
                .hasSize(3);
    }

    @Test
    void theExampleIsReadByTheFirstComposeToo() {
        assumeThat(Shell.run("sh", "-c", "docker-compose version --short").stdout())
                .as("Compose 1.29, which Debian 12 has as docker-compose")
                .startsWith("1.");
        ComposeFiles files = tailnet.named("first-compose");
        ComposeStack stack = lab.docker().stack("first", files, ComposeProgram.ONE);
        stack.up();

        tailnet.awaitFlask(stack.container("remora-sidecar").awaitAddresses().getFirst());
        stack.down();
    }

    @Test
    void theExamplesScriptPublishesTheApp() throws IOException {
        Path overlay =
                Programs.repository().resolve("examples/flask-app/docker-compose.entrypoint.yml");
        ComposeFiles files = tailnet.named("scripted").with(Files.readString(overlay));
        DockerContainer sidecar = up("scripted", files);

        tailnet.awaitFlask(sidecar.awaitAddresses().get(0));
        assertThat(sidecar.inspect().at("Path").text()).isEqualTo("/bin/sh");
    }

    @Test
    void rootWithoutRightsIsEnough() {
        ComposeFiles files = tailnet.named("no-rights").with("remora-sidecar", "cap_drop: [ALL]");
        DockerContainer sidecar = up("no-rights", files);

        tailnet.awaitFlask(sidecar.awaitAddresses().get(0));
        sidecar.awaitLog("running as root: cannot become user 65532");
        assertThat(userOfTheProgram(sidecar)).isEqualTo("0");
    }

    @Test
    void nothingIsWrittenButToTheStateAndToTmp() {
        ComposeFiles lockedDown =
                tailnet.named("locked-down")
                        .with(
                                "remora-sidecar",
                                """
                                user: "65532:65532"
                                read_only: true
                                tmpfs: [/tmp]
                                cap_drop: [ALL]
                                security_opt: ["no-new-privileges:true"]
                                """);
        DockerContainer sidecar = up("locked", lockedDown);

        tailnet.awaitFlask(sidecar.awaitAddresses().get(0));
        sidecar.awaitHealth("healthy");
        assertThat(userOfTheProgram(sidecar)).isEqualTo("65532");
        assertThat(sidecar.exec("touch", "/opt/remora/x").stderr())
                .contains("Read-only file system");
    }
}
