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
import dev.remora.lab.run.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A node that knows nothing but its environment: how it gets in, what it serves, what it says of itself, and what becomes of it when something is wrong.
@Tag("host")
@ExtendWith(LabExtension.class)
class ContainerNodeTest {
    private static final String POLICY =
            """
            {"tagOwners": {"tag:flask-app-service": ["alice@"], "tag:dockerized-app": ["alice@"]},
             "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}
            """;

    private static final Duration SOON = Ways.SOON;

    /// A server tells a deleted node nothing: it hears of it when it speaks next, a minute later at the latest.
    private static final Duration A_MINUTE_AND_MORE = Duration.ofSeconds(180);

    private static Lab lab;
    private static Headscale headscale;
    private static Tailscaled peer;

    @BeforeAll
    static void start(Lab theLab) {
        lab = theLab;
        headscale = lab.headscale(HeadscaleOptions.atOnce().withPolicy(POLICY));
        peer = lab.tailscaled(lab.host("peer"), Tailscaled.Mode.TUN);
        peer.up(headscale);
    }

    private static ContainerNode node(Host host, boolean keepsState, String... namesAndValues) {
        Map<String, String> env = new HashMap<>();
        env.put("TS_HOSTNAME", host.name());
        env.put("TS_EXTRA_ARGS", "--login-server=" + headscale.url());
        for (int i = 0; i < namesAndValues.length; i += 2) {
            env.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return ContainerNode.on(host, lab.authority(), keepsState, env);
    }

    private static void awaitApp(ContainerNode node, int port) {
        String url = "http://" + node.ip4() + ":" + port + "/";
        assertThat(new Curl(peer.host()).awaitOk(url, SOON).body()).isEqualTo(FlaskApp.HELLO);
    }

    private static Json ready(Host host, String require) {
        return Json.parse(probe(host, "readyz?require=" + require));
    }

    private static String probe(Host host, String path) {
        return host.run("curl", "-s", "http://127.0.0.1:9002/" + path).stdout();
    }

    private static void awaitLog(ContainerNode node, String words) {
        Await.until(
                node + " to log \"" + words + '"',
                SOON,
                () -> node.process().log().contains(words));
    }

    /// Each lambda that the image's cache does not have is made by the JVM's interpreter and compilers, in the middle of a start: they were 340.
    @Test
    void startsOutOfWhatTheImageHasInItsCache() throws IOException {
        Host host = lab.host("cached");
        Path classes = host.folder("classes");
        ContainerNode node =
                node(
                        host,
                        false,
                        "TS_AUTHKEY",
                        headscale.authKey(),
                        "REMORA_SERVE",
                        "tcp:80=localhost:5000",
                        "REMORA_JAVA_OPTS",
                        "-Xlog:class+load:file=" + classes + "/%p");
        node.start();
        node.awaitRunning();

        Path ofTheNode = classes.resolve(Long.toString(node.process().pid()));
        assertThat(Files.readAllLines(ofTheNode))
                .hasSizeGreaterThan(5000)
                .filteredOn(line -> line.contains(" dev.remora.") && line.contains("$$Lambda"))
                .filteredOn(line -> !line.contains("shared objects file"))
                .hasSizeLessThan(80);
    }

    @Test
    void joinsByTheComposeFilesVariablesAndServesTheApp() {
        Host host = lab.host("flask");
        FlaskApp.start(host);
        AuthKeyRequest tagged =
                AuthKeyRequest.forUser("alice")
                        .tagged("tag:flask-app-service", "tag:dockerized-app");
        ContainerNode node =
                node(
                        host,
                        true,
                        "TS_AUTHKEY",
                        headscale.authKey(tagged),
                        "TS_TAGS",
                        "tag:flask-app-service, tag:dockerized-app",
                        "REMORA_SERVE",
                        "tcp:80=localhost:5000",
                        "TS_ENABLE_HEALTH_CHECK",
                        "true",
                        "TS_ENABLE_METRICS",
                        "true");
        node.start();
        node.awaitRunning();

        awaitApp(node, 80);
        assertThat(headscale.node("flask").orElseThrow().at("tags").each().map(Json::text))
                .containsExactlyInAnyOrder("tag:flask-app-service", "tag:dockerized-app");
        assertThat(ready(host, "ip,control,path,backend").at("ready").bool()).isTrue();
        assertThat(probe(host, "healthz")).isEqualTo("ok");
        assertThat(probe(host, "livez")).contains("\"alive\":true");
        assertThat(probe(host, "metrics"))
                .contains("tailscaled_health_messages", "remora_condition{code=\"running\"} 1");
        assertThat(node.cli("healthcheck").orThrow().stdout()).isEqualTo("ready\n");
        awaitLog(node, "Startup complete, waiting for shutdown signal");

        String address = node.ip4();
        node.restart(); // with a key that is used by now
        node.awaitRunning();

        assertThat(node.ip4()).isEqualTo(address);
        awaitApp(node, 80);
    }

    @Test
    void waitsForAKeyThatIsGoodAndComesInByItself() throws IOException {
        Host host = lab.host("late-key");
        Path key = host.folder("secrets").resolve("key");
        Files.writeString(key, "not-a-key\n");
        ContainerNode node =
                node(host, true, "TS_AUTHKEY", "file:" + key, "TS_ENABLE_HEALTH_CHECK", "true");
        node.start();

        awaitLog(node, "auth-key-invalid");
        Json ready = ready(host, "ip");
        assertThat(ready.at("ready").bool()).isFalse();
        assertThat(ready.at("checks").at("ip").at("reason").text()).isEqualTo("auth-key-invalid");
        assertThat(probe(host, "healthz")).isEqualTo("node currently has no tailscale IPs\n");
        Result check = node.cli("healthcheck");
        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.stderr()).startsWith("not ready (ip, auth-key-invalid): ");

        Files.writeString(key, headscale.authKey() + "\n");

        node.awaitRunning();
        assertThat(node.process().log().lines().filter(line -> line.contains("auth-key-invalid")))
                .hasSize(1);
    }

    @Test
    void followsItsServeFileAndKeepsTheLastGoodOne() throws IOException {
        Host host = lab.host("serve-file");
        FlaskApp.start(host);
        Path file = host.folder("config").resolve("serve.json");
        ContainerNode node =
                node(
                        host,
                        true,
                        "TS_AUTHKEY",
                        headscale.authKey(),
                        "TS_SERVE_CONFIG",
                        file.toString(),
                        "TS_ENABLE_HEALTH_CHECK",
                        "true");
        node.start();
        node.awaitRunning();
        awaitLog(node, "The serve configuration " + file + " is not there");

        Files.writeString(file, "{\"TCP\":{\"80\":{\"TCPForward\":\"localhost:5000\"}}}");
        awaitApp(node, 80);
        Files.writeString(file, "{\"TCP\":{\"81\":");
        awaitLog(node, "what was published before stays");
        awaitApp(node, 80);
        Files.writeString(file, "{\"TCP\":{\"81\":{\"TCPForward\":\"localhost:5001\"}}}");
        awaitLog(node, "port 80 is no longer served");
        Json ready = ready(host, "ip,backend");
        assertThat(ready.at("checks").at("ip").at("ok").bool()).isTrue();
        assertThat(ready.at("checks").at("backend").at("reason").text()).isEqualTo("backend-down");
    }

    @Test
    void leavesNoDeadNodeBehindWhereItKeepsNothing() {
        Host host = lab.host("passing");
        ContainerNode node =
                node(
                        host,
                        false,
                        "TS_AUTHKEY",
                        headscale.authKey(AuthKeyRequest.forUser("alice").forEphemeralNodes()));
        node.start();
        node.awaitRunning();
        assertThat(headscale.node("passing")).isPresent();

        node.process().signal("TERM");

        assertThat(node.process().awaitExit(SOON)).isZero();
        Await.until("the server to forget it", SOON, () -> headscale.node("passing").isEmpty());
    }

    @Test
    void comesBackAfterItWasDeletedWhereItsKeyAllowsIt() {
        Host host = lab.host("deleted-node");
        String key = headscale.authKey(AuthKeyRequest.forUser("alice").reusableKey());
        ContainerNode node = node(host, true, "TS_AUTHKEY", key);
        node.start();
        node.awaitRunning();
        String before = headscale.node("deleted-node").orElseThrow().at("id").text();

        headscale.delete("deleted-node");

        Await.until(
                "the node to be another one",
                A_MINUTE_AND_MORE,
                () ->
                        headscale
                                .node("deleted-node")
                                .map(each -> each.at("id").text())
                                .filter(id -> !id.equals(before))
                                .isPresent());
        node.awaitRunning();
    }

    @Test
    void endsAtOnceWithEverythingThatIsWrongWithItsVariables() {
        ContainerNode node =
                node(lab.host("nonsense"), false, "TS_BOOT_TIMEOUT", "soon", "REMORA_SERVE", "80");
        node.launch();

        assertThat(node.process().awaitExit(SOON)).isEqualTo(1);
        assertThat(node.process().log())
                .contains(
                        "boot: invalid configuration: TS_BOOT_TIMEOUT \"soon\" is no span of time",
                        "boot: invalid configuration: REMORA_SERVE: \"80\" is not of the form tcp:80=localhost:5000");
    }

    @Test
    void endsOnExtraArgumentsThatUpDoesNotKnow() {
        ContainerNode node = node(lab.host("odd-extra"), false, "TS_EXTRA_ARGS", "--nosuch");
        node.launch();

        assertThat(node.process().awaitExit(SOON)).isEqualTo(1);
        assertThat(node.process().log())
                .contains("TS_EXTRA_ARGS: flag provided but not defined: -nosuch");
    }

    @Test
    void doesNotStayWithoutTheTagsItWasToHave() {
        ContainerNode node =
                node(
                        lab.host("untagged"),
                        true,
                        "TS_AUTHKEY",
                        headscale.authKey(),
                        "TS_TAGS",
                        "tag:dockerized-app");
        node.start();

        awaitLog(node, "The auth key does not give this node the tags [tag:dockerized-app]");
        Await.until(
                "the node to be logged out",
                SOON,
                () -> node.status().at("BackendState").text().equals("NeedsLogin"));
    }
}
