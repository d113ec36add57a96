package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.UsesDocker;
import dev.remora.lab.docker.ComposeFiles;
import dev.remora.lab.docker.ComposeStack;
import dev.remora.lab.docker.DockerContainer;
import dev.remora.lab.docker.DockerImage;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The example that users copy, on a tailnet of our own control server's.
@UsesDocker
class ComposeOnOurServerTest {
    private static final String NODE = "my-flask-app-docker-sidecar";

    private static Lab lab;
    private static DockerTailnet tailnet;

    @BeforeAll
    static void start(Lab theLab) {
        lab = theLab;
        tailnet = DockerTailnet.ofOurServer(lab);
    }

    @Test
    void theOfficialImageJoinsAndIsTheSameNodeAfterItWasMadeAnew() {
        ComposeFiles files =
                ComposeFiles.resource("serve-file")
                        .withVariable("NODE", "official")
                        .withVariable("IMAGE", lab.docker().image(DockerImage.OFFICIAL));
        String key = tailnet.control().authKey();
        ComposeStack stack =
                lab.docker().stack("official", tailnet.inThisLab(files, "web-tailscale", key));
        stack.up();
        DockerContainer node = stack.container("web-tailscale");
        String ip = node.awaitAddresses().getFirst();
        tailnet.awaitNginx(ip);

        stack.down();
        stack.up();
        node.awaitRunning();
        tailnet.awaitNginx(ip);
        assertThat(tailnet.nodesNamed("official")).isOne();
    }

    @Test
    void theExampleIsReachedAndIsTheSameNodeAfterItWasMadeAnew() {
        lab.docker().image(DockerImage.REMORA);
        ComposeStack stack = lab.docker().stack("ours", tailnet.example(tailnet.taggedKey()));
        stack.up();
        DockerContainer sidecar = stack.container("remora-sidecar");
        List<String> ips = sidecar.awaitAddresses();

        for (String host :
                List.of(ips.get(0), "[" + ips.get(1) + "]", NODE, NODE + "." + Headscale.DOMAIN)) {
            tailnet.awaitFlask(host);
        }
        assertThat(tailnet.control().node(NODE).orElseThrow().at("tags").each().map(Json::text))
                .containsExactlyInAnyOrder("tag:flask-app-service", "tag:dockerized-app");
        assertThat(sidecar.exec("tailscale", "status").orThrow().stdout())
                .contains(ips.get(0), NODE, "tagged-devices");

        stack.down();
        stack.up();
        Await.until(
                "the node to be back",
                Ways.SOON,
                () -> tailnet.control().node(NODE).orElseThrow().at("online").bool());
        tailnet.awaitFlask(ips.get(0));
        assertThat(tailnet.nodesNamed(NODE)).isOne();
    }
}
