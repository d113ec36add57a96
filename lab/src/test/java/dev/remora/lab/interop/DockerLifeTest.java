package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.UsesDocker;
import dev.remora.lab.docker.ComposeFiles;
import dev.remora.lab.docker.ComposeStack;
import dev.remora.lab.docker.DockerContainer;
import dev.remora.lab.docker.DockerImage;
import dev.remora.lab.run.Shell;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What comes back by itself when containers of the example are ended in all the ways there are, and as whom: the rows of `docs/lifecycle.md`.
@UsesDocker
class DockerLifeTest {
    /// The app joins the sidecar's network instead of the other way round.
    private static final String INVERSE =
            """
            services:
              remora-sidecar:
                network_mode: !reset null
                depends_on: !reset []
                networks: [app-net]
              flask-app:
                networks: !reset []
                network_mode: service:remora-sidecar
            """;

    private static Lab lab;
    private static DockerTailnet tailnet;

    private ComposeStack stack;
    private DockerContainer sidecar;
    private DockerContainer app;

    @BeforeAll
    static void start(Lab theLab) {
        lab = theLab;
        tailnet = DockerTailnet.in(lab);
        lab.docker().image(DockerImage.REMORA);
    }

    @AfterEach
    void clear() {
        lab.docker().clear();
    }

    /// Starts the example under this name, with a key for one node: whoever comes back has to come back as the same.
    ///
    /// @return the node's addresses
    private List<String> up(String name, String... settings) {
        return upWith(name, tailnet.taggedKey(), settings);
    }

    private List<String> upWith(String name, String key, String... settings) {
        prepare(name, key, settings);
        stack.up();
        return answers();
    }

    private void prepare(String name, String key, String... settings) {
        ComposeFiles files = tailnet.named(name, key);
        for (String each : settings) {
            files = files.with("remora-sidecar", each);
        }
        prepare(name, files);
    }

    private void prepare(String name, ComposeFiles files) {
        stack = lab.docker().stack(name, files);
        sidecar = stack.container("remora-sidecar");
        app = stack.container("flask-app");
    }

    /// The number of the sidecar's first process, as this machine knows it.
    private String pid() {
        return "%.0f".formatted(sidecar.state().at("Pid").number());
    }

    /// Waits until the peer reaches the app.
    ///
    /// @return the node's addresses
    private List<String> answers() {
        List<String> ips = sidecar.awaitAddresses();
        tailnet.awaitFlask(ips.getFirst());
        return ips;
    }

    @Test
    void aRestartKeepsTheNode() {
        List<String> node = up("restarted");
        sidecar.docker("restart");

        assertThat(answers()).isEqualTo(node);
        assertThat(sidecar.logs()).contains("ending");
    }

    @Test
    void downAndUpKeepTheNodeInItsVolume() {
        List<String> node = up("downed");
        stack.down();
        stack.up();

        assertThat(answers()).isEqualTo(node);
        assertThat(tailnet.nodesNamed("downed")).isOne();
    }

    @Test
    void withoutAVolumeAnEphemeralKeyLeavesNoDeadNodeBehind() {
        String key =
                tailnet.control().authKey(DockerTailnet.tagged().reusableKey().forEphemeralNodes());
        upWith("passing", key, "environment:\n  - TS_STATE_DIR=");
        stack.down();
        assertThat(tailnet.nodesNamed("passing")).isZero();
        stack.up();

        answers();
        assertThat(tailnet.control().node("passing")).isPresent();
        assertThat(tailnet.nodesNamed("passing")).isOne();
    }

    @Test
    void withoutItsVolumeAnotherNodeComesAndTheOldOneStays() {
        String key = tailnet.control().authKey(DockerTailnet.tagged().reusableKey());
        List<String> node = upWith("wiped", key);
        stack.down("--volumes");
        stack.up();

        assertThat(answers()).isNotEqualTo(node);
        assertThat(tailnet.nodesNamed("wiped")).isEqualTo(2);
    }

    @Test
    void aPauseAnotherNetworkAndAnotherContainerKeepTheNode() {
        List<String> node = up("moved");
        sidecar.docker("pause");
        sidecar.docker("unpause");
        assertThat(answers()).isEqualTo(node);

        String other = stack + "-other";
        lab.docker().docker("network", "create", other).orThrow();
        lab.docker().docker("network", "disconnect", stack + "_app-net", app.toString()).orThrow();
        lab.docker().docker("network", "connect", other, app.toString()).orThrow();
        assertThat(answers()).isEqualTo(node);

        String before = sidecar.startedAt();
        stack.compose("up", "--detach", "--force-recreate", "--no-deps", "remora-sidecar")
                .orThrow();
        sidecar.awaitAnotherStart(before);
        assertThat(answers()).isEqualTo(node);
        assertThat(tailnet.nodesNamed("moved")).isOne();
    }

    @Test
    void aCrashIsFollowedByAStartOfTheSameNode() {
        List<String> node = up("crashed");
        String before = sidecar.startedAt();
        Shell.run("kill", "-KILL", pid()).orThrow();

        sidecar.awaitAnotherStart(before);
        assertThat(answers()).isEqualTo(node);
    }

    @Test
    void memoryThatRunsOutIsFollowedByAStartOfTheSameNode() {
        List<String> node = up("squeezed", "mem_limit: 160m");
        String before = sidecar.startedAt();
        // The kernel ends whoever it likes least, which is to be the node and not the eater.
        Shell.run("sh", "-c", "echo 1000 >/proc/" + pid() + "/oom_score_adj").orThrow();
        sidecar.exec("sh", "-c", "head -c 500M /dev/zero | tail");

        sidecar.awaitAnotherStart(before);
        assertThat(answers()).isEqualTo(node);
        assertThat(sidecar.state().at("OOMKilled").bool()).isTrue();
    }

    @Test
    void theAppsRestartTakesTheSidecarAlong() {
        List<String> node = up("followed");
        String before = sidecar.startedAt();
        app.docker("restart");

        sidecar.awaitAnotherStart(before);
        assertThat(answers()).isEqualTo(node);
        assertThat(sidecar.logs()).contains("The app's container runs again, with another network");
    }

    @Test
    void anAppThatIsStoppedForAWhileIsWaitedFor() {
        List<String> node = up("awaited");
        String before = sidecar.startedAt();
        app.docker("stop");
        sidecar.awaitLog("The network of the app's container is gone");
        app.docker("start");

        sidecar.awaitAnotherStart(before);
        assertThat(answers()).isEqualTo(node);
    }

    @Test
    void anAppThatIsMadeAnewAloneIsFollowedAtTheNextUp() {
        List<String> node = up("anew");
        String before = sidecar.startedAt();
        stack.compose("up", "--detach", "--force-recreate", "flask-app").orThrow();
        sidecar.awaitLog("The network of the app's container is gone");
        stack.up();

        sidecar.awaitAnotherStart(before);
        assertThat(answers()).isEqualTo(node);
    }

    @Test
    void theEnginesRestartBringsBothBack() {
        List<String> node = up("engine");
        String before = sidecar.startedAt();
        lab.docker().restart();

        sidecar.awaitAnotherStart(before);
        assertThat(answers()).isEqualTo(node);
    }

    @Test
    void aControlServerThatComesLastIsWaitedFor() {
        prepare("early", tailnet.taggedKey());
        tailnet.control().kill();
        stack.up();
        sidecar.awaitLog("cannot be reached");
        tailnet.control().start();

        answers();
        assertThat(sidecar.restarts()).isZero();
    }

    @Test
    void aNetworkThatComesLastIsWaitedFor() {
        String alone = "network_mode: none\nnetworks: !reset []";
        prepare("offline", tailnet.named("offline", tailnet.taggedKey()).with("flask-app", alone));
        stack.up();
        sidecar.awaitLog("cannot be reached");
        assertThat(sidecar.exec("remora", "healthcheck").exit()).isEqualTo(1);
        String late = stack + "-late";
        lab.docker().docker("network", "create", late).orThrow();
        lab.docker().docker("network", "disconnect", "none", app.toString()).orThrow();
        lab.docker().docker("network", "connect", late, app.toString()).orThrow();

        answers();
        assertThat(sidecar.restarts()).isZero();
    }

    @Test
    void anAppInTheSidecarsNetworkComesAndGoesAsItLikes() {
        prepare("inverse", tailnet.named("inverse", tailnet.taggedKey()).with(INVERSE));
        stack.up("remora-sidecar");
        String address = sidecar.awaitAddresses().getFirst();
        String before = sidecar.startedAt();
        assertThat(tailnet.get(address).status()).isZero();

        stack.up();
        tailnet.awaitFlask(address);
        app.docker("restart");
        tailnet.awaitFlask(address);
        assertThat(sidecar.startedAt()).isEqualTo(before);
    }
}
