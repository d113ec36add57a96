package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.apps.FlaskApp;
import dev.remora.lab.net.Host;
import dev.remora.lab.peers.ContainerNode;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.run.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The mistakes that users make most, each with the words that they find in the container's log.
@Tag("host")
@ExtendWith(LabExtension.class)
class WrongConfigurationTest {
    private static Lab lab;
    private static Headscale headscale;
    private static Containers containers;

    @BeforeAll
    static void start(Lab theLab) {
        lab = theLab;
        headscale = lab.headscale();
        containers = new Containers(lab, headscale);
    }

    private static ContainerNode launch(String host, String... namesAndValues) {
        ContainerNode node = containers.node(lab.host(host), true, namesAndValues);
        node.launch();
        return node;
    }

    private static void awaitLog(ContainerNode node, String... words) {
        for (String each : words) {
            Await.until(
                    node + " to log \"" + each + '"',
                    Ways.SOON,
                    () -> node.process().log().contains(each));
        }
        assertThat(node.process().isAlive()).isTrue();
    }

    @Test
    void aKeyOfHeadscaleWithoutItsAddress() {
        ContainerNode node =
                launch("noserver", "TS_AUTHKEY", headscale.authKey(), "TS_EXTRA_ARGS", "");

        awaitLog(
                node,
                "TS_AUTHKEY is a key of Headscale, but TS_EXTRA_ARGS names no server",
                "The name of the control server https://controlplane.tailscale.com cannot be looked up");
        node.stop();
        assertThat(node.process().log())
                .as("a login that is under way at the end is nobody's failure")
                .contains("ending")
                .doesNotContain("up failed", "the daemon is ending");
    }

    @Test
    void plainHttpForAServerWithTls() {
        String url = headscale.url().replace("https://", "http://") + ":443";

        awaitLog(
                launch("plain", "TS_AUTHKEY", "x", "TS_EXTRA_ARGS", "--login-server=" + url),
                "begin the URL with https://");
    }

    @Test
    void quotationMarksThatBecomePartOfTheKey() {
        ContainerNode node = launch("quotes", "TS_AUTHKEY", '"' + headscale.authKey() + "\"\n");

        awaitLog(
                node,
                "TS_AUTHKEY has quotation marks or blanks around its value",
                "Startup complete, waiting for shutdown signal");
    }

    @Test
    void aVariableThatIsMisspelt() {
        awaitLog(
                launch("typo", "TS_AUTHKAY", headscale.authKey()),
                "There is no variable TS_AUTHKAY: is it TS_AUTHKEY you mean?",
                "[auth-key-missing]");
    }

    @Test
    void aStateDirectoryThatCannotBeWritten() throws IOException {
        Path file = Files.createFile(lab.folder().resolve("no-directory"));

        ContainerNode node =
                containers.node(
                        lab.host("nostate"),
                        false,
                        "TS_AUTHKEY",
                        headscale.authKey(),
                        "TS_STATE_DIR",
                        file + "/x");
        node.launch();

        awaitLog(node, file + "/x", "[state-unusable] It is looked at again every 2 s.");
        assertThat(headscale.node("nostate")).isEmpty();
    }

    @Test
    void aServeFileForCertificatesThatThereAreNot() throws IOException {
        Path file = lab.folder().resolve("serve.json");
        Files.writeString(
                file,
                """
                {"TCP": {"443": {"HTTPS": true}},
                 "Web": {"${TS_CERT_DOMAIN}:443": {"Handlers": {"/": {"Proxy": "http://127.0.0.1:5000"}}}}}
                """);

        awaitLog(
                launch(
                        "https",
                        "TS_AUTHKEY",
                        headscale.authKey(),
                        "TS_SERVE_CONFIG",
                        file.toString()),
                "TS_SERVE_CONFIG is not taken, what was published before stays: ");
    }

    @Test
    void anAppThatListensAtAnotherPort() {
        Host host = lab.host("wrongport");
        FlaskApp.start(host);
        ContainerNode node =
                containers.node(
                        host,
                        true,
                        "TS_AUTHKEY",
                        headscale.authKey(),
                        "REMORA_SERVE",
                        "tcp:80=localhost:8000");
        node.launch();

        awaitLog(
                node,
                "Nothing takes connections at localhost:8000; what listens here has port 5000");
    }

    @Test
    void aNameThatAnotherNodeHasAlready() {
        ContainerNode first = launch("namesake", "TS_AUTHKEY", headscale.authKey());
        awaitLog(first, "Startup complete");

        ContainerNode second =
                launch("other", "TS_AUTHKEY", headscale.authKey(), "TS_HOSTNAME", "namesake");

        awaitLog(
                second,
                "The control server calls this node namesake-",
                "since there is another one called namesake");
    }

    @Test
    void aTunDeviceThatThereIsNot() {
        awaitLog(
                launch("tun", "TS_AUTHKEY", headscale.authKey(), "TS_USERSPACE", "false"),
                "TS_USERSPACE=false has no effect",
                "Startup complete");
    }

    @Test
    void aVariableThatIsTakenAwayWhileTheStateStays() {
        Host host = lab.host("dropped");
        String key = headscale.authKey();
        ContainerNode before =
                containers.node(host, true, "TS_AUTHKEY", key, "TS_ROUTES", "10.9.0.0/16");
        before.start();
        before.awaitRunning();
        before.stop();

        ContainerNode after = containers.node(host, true, "TS_AUTHKEY", key);
        after.start();

        awaitLog(after, "--advertise-routes=10.9.0.0/16", "[settings-refused]");
        after.awaitRunning();
        assertThat(after.cli("status").orThrow().stdout()).contains("[settings-refused]");
    }

    @ParameterizedTest
    @CsvSource({
        "--version, --version ends the daemon at once",
        "--cleanup, --cleanup ends the daemon at once",
        "--nosuch, flag provided but not defined: -nosuch",
        "--port=many, invalid value",
        "word, takes no arguments but flags"
    })
    void flagsWithWhichTheOfficialContainerDoesNotStartEither(String flag, String words) {
        ContainerNode node =
                launch("f" + Math.abs(flag.hashCode() % 100_000), "TS_TAILSCALED_EXTRA_ARGS", flag);

        assertThat(node.process().awaitExit(Ways.SOON)).isEqualTo(1);
        assertThat(node.process().log())
                .contains("boot: invalid configuration: TS_TAILSCALED_EXTRA_ARGS: ")
                .contains(words);
    }

    @Test
    void flagsOfTheDaemonThatChangeNothingHere() {
        awaitLog(
                launch(
                        "flags",
                        "TS_AUTHKEY",
                        headscale.authKey(),
                        "TS_TAILSCALED_EXTRA_ARGS",
                        "--debug=127.0.0.1:8088 --verbose=1 --no-logs-no-support --port=0 --tun=tailscale0"),
                "--debug has no effect",
                "--tun=tailscale0 has no effect",
                "Startup complete");
    }
}
