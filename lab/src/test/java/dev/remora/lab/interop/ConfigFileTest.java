package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.apps.Curl;
import dev.remora.lab.apps.FlaskApp;
import dev.remora.lab.net.Host;
import dev.remora.lab.peers.ContainerNode;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.HeadscaleOptions;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A node that knows nothing but a `remora.yaml`, and one that opens all of localhost.
@Tag("host")
@ExtendWith(LabExtension.class)
class ConfigFileTest {
    private static Lab lab;
    private static Headscale headscale;
    private static Tailscaled peer;

    @BeforeAll
    static void start(Lab theLab) {
        lab = theLab;
        headscale = lab.headscale(HeadscaleOptions.atOnce());
        peer = lab.tailscaled(lab.host("peer"), Tailscaled.Mode.TUN);
        peer.up(headscale);
    }

    private static void awaitApp(ContainerNode node, int port) {
        String url = "http://" + node.ip4() + ":" + port + "/";
        assertThat(new Curl(peer.host()).awaitOk(url, Ways.SOON).body()).isEqualTo(FlaskApp.HELLO);
    }

    private static void awaitLog(ContainerNode node, String words) {
        Await.until(
                node + " to log \"" + words + '"',
                Ways.SOON,
                () -> node.process().log().contains(words));
    }

    /// Whether a peer is refused at once, and not merely unanswered.
    private static boolean refuses(ContainerNode node, int port) {
        int couldNotConnect = 7;
        return new Curl(peer.host()).get("http://" + node.ip4() + ":" + port + "/").exit()
                == couldNotConnect;
    }

    private static String yaml(Host host, String hostname, String more) {
        return """
        auth: {key: %s}
        control: {url: "%s"}
        hostname: %s
        state: %s
        health: {enabled: true}
        """
                        .formatted(
                                headscale.authKey(), headscale.url(), hostname, host.folder("kept"))
                + more;
    }

    @Test
    void aFileIsAllThatANodeNeedsAndIsFollowed() throws IOException {
        Host host = lab.host("by-file");
        FlaskApp.start(host);
        Path file = host.folder("root").resolve("etc/remora/remora.yaml");
        Files.createDirectories(file.getParent());
        String common = yaml(host, "by-file", "");
        String first = common + "serve: [\"tcp:80=localhost:5000\"]\n";
        Files.writeString(file, first.replaceFirst("key: [^}]*", "key: not-a-key"));
        ContainerNode node = ContainerNode.on(host, lab.authority(), false, Map.of());
        node.start();
        awaitLog(node, "auth-key-invalid");

        Files.writeString(file, first);
        node.awaitRunning();

        awaitApp(node, 80);
        assertThat(headscale.node("by-file")).isPresent();
        assertThat(host.run("curl", "-s", "http://127.0.0.1:9002/healthz").stdout())
                .isEqualTo("ok");

        String renamed =
                common.replace("hostname: by-file", "hostname: renamed")
                        + "serve: {81: 5000}\nlog: {level: debug}\n";
        Files.writeString(file, renamed);
        awaitLog(node, "taken over: hostname, serve, log.level");
        awaitApp(node, 81);
        assertThat(refuses(node, 80)).isTrue();
        Await.until("the new name", Ways.SOON, () -> headscale.node("renamed").isPresent());
        Files.writeString(file, renamed + "# nothing new\n");
        awaitLog(node, "nothing to take over"); // which only DEBUG says

        Files.writeString(file, common + "serv: {82: 5000}\n");
        awaitLog(node, file + ":6:1: there is no key serv; did you mean serve?");
        awaitApp(node, 81);

        Files.writeString(file, common + "serve: {81: 5000}\nsocket: /elsewhere\n");
        awaitLog(node, "taken over: hostname, log.level");
        assertThat(node.process().log())
                .doesNotContain("restart to take effect"); // the environment has the socket
        Files.writeString(file, common + "serve: {81: 5000}\nexpose: all\n");
        awaitLog(node, "needs a restart to take effect: expose");
        awaitApp(node, 81);
    }

    /// As Kubernetes swaps the files of a mounted Secret.
    @Test
    void aDirectoryOfConfigFilesIsAllThatANodeNeedsAndIsFollowed() throws IOException {
        Host host = lab.host("by-level");
        Path directory = host.folder("levels");
        swap(directory, "..1", "\"Hostname\": \"by-level\", \"AuthKey\": \"not-a-key\"");
        Files.createSymbolicLink(
                directory.resolve("cap-95.hujson"), Path.of("..data/cap-95.hujson"));
        Files.writeString(directory.resolve("cap-9999.hujson"), "for those to come");
        ContainerNode node =
                ContainerNode.on(
                        host,
                        lab.authority(),
                        false,
                        Map.of("TS_EXPERIMENTAL_VERSIONED_CONFIG_DIR", directory.toString()));
        node.start();
        awaitLog(node, "auth-key-invalid");

        Path key = Files.writeString(directory.resolve("key"), headscale.authKey() + "\r\n");
        swap(directory, "..2", "\"Hostname\": \"by-level\", \"AuthKey\": \"file:" + key + '"');
        node.awaitRunning();
        swap(directory, "..3", "\"Hostname\": \"levelled\", \"AuthKey\": \"file:" + key + '"');
        Await.until("the new name", Ways.SOON, () -> headscale.node("levelled").isPresent());
        swap(directory, "..4", "\"Hostnam\": \"wrong\"");
        awaitLog(node, "The config file is not taken, what it said before stays");
        assertThat(node.cli("down").output()).contains("is locked");
    }

    private static void swap(Path directory, String version, String members) throws IOException {
        Files.writeString(
                Files.createDirectory(directory.resolve(version)).resolve("cap-95.hujson"),
                """
                {"Version": "alpha0", "ServerURL": "%s", %s,}
                """
                        .formatted(headscale.url(), members));
        Path next = Files.createSymbolicLink(directory.resolve("..next"), Path.of(version));
        Files.move(next, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void theCommandLineChecksAndExplainsAFileWithoutADaemon() throws IOException {
        Host host = lab.host("checked");
        Path file = host.folder("config").resolve("remora.yaml");
        ContainerNode tools = ContainerNode.on(host, lab.authority(), false, Map.of());
        Files.writeString(file, yaml(host, "checked", "serve: {80: 5000}\n"));

        Result good = tools.cli("config", "check", file.toString());
        assertThat(good.orThrow().stdout()).startsWith(file + " and the environment are good");
        assertThat(tools.cli("config", "explain", file.toString()).orThrow().stdout())
                .containsPattern("hostname +checked +" + file + ":3:11")
                .containsPattern("auth.key +\\(secret\\) +" + file + ":1:13")
                .doesNotContain("hskey-");
        assertThat(tools.cli("config", "schema").orThrow().stdout()).contains("2020-12");

        Files.writeString(file, "hostnam: checked\n");
        Result wrong = tools.cli("config", "check", file.toString());
        assertThat(wrong.exit()).isEqualTo(1);
        assertThat(wrong.stderr())
                .isEqualTo(file + ":1:1: there is no key hostnam; did you mean hostname?\n");
    }

    @Test
    void onlyADeclaredPortAnswersUnlessAllAreExposed() {
        Host closed = lab.host("closed");
        FlaskApp.start(closed);
        ContainerNode declared = node(closed, "REMORA_SERVE", "tcp:80=localhost:5000");
        Host opened = lab.host("opened");
        FlaskApp.start(opened);
        ContainerNode exposed = node(opened, "REMORA_EXPOSE", "all");

        awaitApp(declared, 80);
        assertThat(refuses(declared, FlaskApp.PORT)).isTrue();
        awaitApp(exposed, FlaskApp.PORT);
        assertThat(refuses(exposed, 80)).isTrue();
        assertThat(exposed.cli("serve", "--bg", "--tcp", "80", "tcp://localhost:5000").exit())
                .isZero();
        awaitApp(exposed, 80);
        awaitApp(exposed, FlaskApp.PORT);
    }

    private static ContainerNode node(Host host, String name, String value) {
        ContainerNode node =
                ContainerNode.on(
                        host,
                        lab.authority(),
                        false,
                        Map.of(
                                "TS_HOSTNAME",
                                host.name(),
                                "TS_AUTHKEY",
                                headscale.authKey(),
                                "REMORA_CONTROL_URL",
                                headscale.url(),
                                name,
                                value));
        node.start();
        node.awaitRunning();
        return node;
    }
}
