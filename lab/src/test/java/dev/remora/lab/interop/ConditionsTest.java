package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.apps.Curl;
import dev.remora.lab.apps.FlaskApp;
import dev.remora.lab.net.Host;
import dev.remora.lab.peers.AuthKeyRequest;
import dev.remora.lab.peers.ContainerNode;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.HeadscaleOptions;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What keeps a container's node out of its tailnet: each has a code that is the same wherever somebody looks, ends nothing, and is over by itself when it is mended.
@Tag("host")
@ExtendWith(LabExtension.class)
class ConditionsTest {
    private static Lab lab;
    private static Headscale headscale;
    private static Containers containers;
    private static Tailscaled peer;
    private static String expiredKey;

    @BeforeAll
    static void start(Lab theLab) {
        lab = theLab;
        headscale = lab.headscale();
        expiredKey =
                headscale.authKey(AuthKeyRequest.forUser("alice").validFor(Duration.ofSeconds(1)));
        containers = new Containers(lab, headscale);
        peer = lab.tailscaled(lab.host("peer"), Tailscaled.Mode.TUN);
        peer.up(headscale);
    }

    @Test
    void aKeyThatDoesNotFitWaitsForAnotherOne() throws IOException {
        Host host = lab.host("keys");
        Path key = host.folder("secrets").resolve("key");
        ContainerNode node = containers.node(host, true, "TS_AUTHKEY", "file:" + key);
        node.start();
        Shown shown = Shown.by(node);
        shown.awaitFromStart("credentials-incomplete");

        Files.writeString(key, "\n");
        shown.await("auth-key-empty");
        Files.writeString(key, "not-a-key");
        shown.await("auth-key-invalid");
        Files.writeString(key, expiredKey);
        shown.await("auth-key-expired");
        Files.writeString(key, usedKey());
        shown.await("auth-key-used");
        Files.writeString(key, headscale.authKey());
        shown.awaitRunning();
    }

    private static String usedKey() {
        String key = headscale.authKey();
        ContainerNode first = containers.node(lab.host("first"), false, "TS_AUTHKEY", key);
        first.start();
        first.awaitRunning();
        return key;
    }

    @Test
    void aNodeThatWasExpiredOrDeletedOnTheServerComesInAgainWithAnotherKey() throws IOException {
        Host host = lab.host("ended");
        Path key = host.folder("secrets").resolve("key");
        Files.writeString(key, headscale.authKey());
        ContainerNode node = containers.node(host, true, "TS_AUTHKEY", "file:" + key);
        node.start();
        node.awaitRunning();

        Shown expired = Shown.by(node);
        headscale.expire("ended");
        expired.await("auth-key-used");
        assertThat(node.cli("status").output()).contains("its key has expired");
        Files.writeString(key, headscale.authKey());
        expired.awaitRunning();

        node.stop();
        headscale.delete("ended");
        Shown deleted = Shown.by(node);
        node.start();
        deleted.await("auth-key-used");
        assertThat(node.cli("status").output())
                .contains("This node was deleted on the control server");
        Files.writeString(key, headscale.authKey());
        deleted.awaitRunning();
    }

    @Test
    void withoutAnyKeySomebodyMayLetItIn() {
        ContainerNode node = containers.node(lab.host("keyless"), true);
        node.start();
        Shown shown = Shown.by(node);
        shown.awaitFromStart("auth-key-missing");

        String page = node.status().at("AuthURL").text();
        String id = page.substring(page.lastIndexOf('/') + 1);
        headscale.cli("auth", "register", "--auth-id", id, "--user", "alice").orThrow();

        shown.awaitRunning();
    }

    @Test
    void theServerMayComeLastAndTheAppAfterTheSidecar() {
        Host host = lab.host("early");
        ContainerNode node =
                containers.node(
                        host,
                        true,
                        "TS_AUTHKEY",
                        headscale.authKey(),
                        "REMORA_SERVE",
                        "tcp:80=localhost:5000");
        headscale.kill();
        Shown shown;
        try {
            node.start();
            shown = Shown.by(node);
            shown.awaitFromStart("unreachable");
        } finally {
            headscale.start();
        }
        node.awaitRunning();
        FlaskApp.start(host);
        String url = "http://" + node.ip4() + "/";
        assertThat(new Curl(peer.host()).awaitOk(url, Ways.SOON).body()).isEqualTo(FlaskApp.HELLO);

        LogSince log = LogSince.now(node);
        headscale.kill();
        try {
            Await.until(
                    node + " to miss the server",
                    Ways.SOON,
                    () -> shown.metrics().contains("remora_control{code=\"unreachable\"} 1"));
            Json control = shown.ready("ip,control").at("checks").at("control");
            assertThat(control.at("reason").text()).isEqualTo("unreachable");
            assertThat(shown.ready("ip,backend").at("ready").bool()).isTrue();
            assertThat(node.cli("status").orThrow().stdout()).contains("[unreachable]");
            assertThat(log.linesWith("[unreachable]")).hasSize(1);
        } finally {
            headscale.start();
        }
        Await.until(
                node + " to find it again",
                Ways.SOON,
                () -> shown.metrics().contains("remora_control{code=\"connected\"} 1"));
    }

    @Test
    void aStateThatAnotherMachineUsesTooIsNoticed() {
        ContainerNode node =
                containers.node(lab.host("original"), true, "TS_AUTHKEY", headscale.authKey());
        node.start();
        Shown shown = Shown.by(node);
        shown.awaitRunning();
        ContainerNode copy = containers.node(lab.host("copy"), true, "TS_HOSTNAME", "original");
        Shell.run("cp", "-a", node.state() + "/.", copy.state().toString()).orThrow();

        copy.start();

        Await.until(
                node + " to notice its copy",
                Ways.SOON,
                () -> shown.metrics().contains("remora_condition{code=\"state-cloned\"} 1"));
        assertThat(shown.ready("ip").at("reason").text()).isEqualTo("state-cloned");
        assertThat(node.cli("status").orThrow().stdout())
                .contains(copy.host().ip4(), "[state-cloned]");
        assertThat(shown.log().linesWith("[state-cloned]")).hasSize(1);
        copy.stop();
    }

    @Test
    void aStateOfAnotherServerMakesANewNodeAndSaysSo() {
        Host host = lab.host("moving");
        ContainerNode node = containers.node(host, true, "TS_AUTHKEY", headscale.authKey());
        node.start();
        node.awaitRunning();
        node.stop();
        Headscale other =
                Headscale.start(lab.host("ctl2"), lab.authority(), HeadscaleOptions.atOnce());
        ContainerNode moved =
                new Containers(lab, other).node(host, true, "TS_AUTHKEY", other.authKey());

        moved.start();

        moved.awaitRunning();
        Await.until(
                "the other server to list it", Ways.SOON, () -> other.node("moving").isPresent());
        assertThat(moved.process().log())
                .contains(
                        "The state here is that of a node of "
                                + headscale.url()
                                + ". It leaves that for "
                                + other.url());
        assertThat(headscale.node("moving")).isPresent();
    }
}
