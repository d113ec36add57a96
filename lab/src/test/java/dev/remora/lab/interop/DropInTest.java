package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.UsesDocker;
import dev.remora.lab.docker.ComposeFiles;
import dev.remora.lab.docker.ComposeStack;
import dev.remora.lab.docker.DockerContainer;
import dev.remora.lab.docker.DockerImage;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Stacks of the official image, run by that image and, with nothing else changed, by ours: each test holds for both. Where they differ, a test says how, and
/// `docs/configuration.md` too.
@UsesDocker
class DropInTest {
    private static final String SERVICE = "web-tailscale";

    private static Lab lab;
    private static DockerTailnet tailnet;

    @BeforeAll
    static void start(Lab theLab) {
        lab = theLab;
        tailnet = DockerTailnet.in(lab);
    }

    @AfterEach
    void clear() {
        lab.docker().clear();
    }

    private static ComposeStack up(String name, DockerImage image, String resource) {
        String node = name + "-" + image.name().toLowerCase(Locale.ROOT);
        ComposeFiles files = ComposeFiles.resource(resource).withVariable("NODE", node);
        String key = tailnet.control().authKey();
        ComposeStack stack = lab.docker().stack(node, tailnet.inThisLab(files, SERVICE, key));
        up(stack, image);
        return stack;
    }

    /// Starts the stack with this image, or goes over to it.
    private static void up(ComposeStack stack, DockerImage image) {
        stack.write(".env", "IMAGE=" + lab.docker().image(image) + "\n");
        stack.up();
    }

    private static List<String> answers(DockerContainer node) {
        List<String> ips = node.awaitAddresses();
        tailnet.awaitNginx(ips.getFirst());
        return ips;
    }

    @ParameterizedTest
    @EnumSource
    void aStackWithAServeFileWorksAndKeepsItsNode(DockerImage image) {
        ComposeStack stack = up("file", image, "serve-file");
        DockerContainer node = stack.container(SERVICE);
        List<String> ips = answers(node);
        stack.down();
        stack.up();

        assertThat(answers(node)).isEqualTo(ips);
        if (image == DockerImage.REMORA) { // the lab's official one has no Alpine, and so no wget
            node.exec("wget", "--spider", "-q", "http://127.0.0.1:9002/healthz").orThrow();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStackWithAScriptOfItsOwnWorksAndKeepsItsNode(DockerImage image) {
        ComposeStack stack = up("script", image, "entrypoint");
        DockerContainer node = stack.container(SERVICE);
        List<String> ips = answers(node);
        node.docker("restart", "--time=1"); // a shell as first process hears no signal

        assertThat(answers(node)).isEqualTo(ips);
    }

    @ParameterizedTest
    @EnumSource
    void theOtherImageTakesTheStateOver(DockerImage image) {
        DockerImage other = image == DockerImage.REMORA ? DockerImage.OFFICIAL : DockerImage.REMORA;
        ComposeStack stack = up("exchanged", image, "serve-file");
        DockerContainer node = stack.container(SERVICE);
        List<String> ips = answers(node);
        up(stack, other);

        assertThat(node.inspect().at("Config").at("Image").text()).isEqualTo(other.tag());
        assertThat(answers(node)).isEqualTo(ips);
    }
}
