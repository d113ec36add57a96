package dev.remora.lab.interop;

import static dev.remora.lab.apps.CannedServer.http;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.apps.CannedServer;
import dev.remora.lab.apps.CannedServer.Lines;
import dev.remora.lab.net.Host;
import dev.remora.lab.peers.AuthKeyRequest;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.Programs;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.LabProcess;
import dev.remora.lab.run.Result;
import dev.remora.lab.run.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a person gets who gives the node something wrong: one sentence in the command that caused it, the same in the
/// status, once in the log; a daemon that lives on; and a node that works when the cause is gone. One daemon takes it
/// all, one thing after the other.
@Tag("host")
@ExtendWith(LabExtension.class)
class BadInputTest {
    private static final Duration SOON = Ways.SOON;
    private static final Pattern NEXT_TRY = Pattern.compile("Next try at \\d\\d:\\d\\d:\\d\\d\\.");
    private static final String NO_KEY = "mkey:" + "0".repeat(64);
    private static final String A_KEY = "mkey:" + "5".repeat(63) + "2";

    private static Lab lab;
    private static Headscale headscale;
    private static Host odd;
    private static RemoraDaemon node;
    private static String goodKey;

    @BeforeAll
    static void start(Lab theLab) {
        lab = theLab;
        headscale = lab.headscale();
        goodKey = headscale.authKey(AuthKeyRequest.forUser("alice").reusableKey());
        node = lab.remora(lab.host("node"));
        odd = lab.host("odd");
        startPlainServers();
        lab.authority().issue("wrong", "10.77.0.250", 2020, 2040);
        lab.authority().issue("expired", odd.ip4(), 2020, 2021);
        lab.authority().issue("future", odd.ip4(), 2045, 2049);
        startTlsServer(9001, "wrong");
        startTlsServer(9002, "expired");
        startTlsServer(9003, "future");
    }

    private static void startPlainServers() {
        String key =
                http(
                        "200 OK",
                        "{\"legacyPublicKey\":\"%s\",\"publicKey\":\"%s\"}"
                                .formatted(NO_KEY, A_KEY));
        CannedServer.start(
                odd,
                Map.ofEntries(
                        Map.entry(8001, Lines.always(http("200 OK", "<html>Welcome</html>"))),
                        Map.entry(8002, Lines.always(http("404 Not Found", "<html>no</html>"))),
                        Map.entry(8003, Lines.always("SSH-2.0-OpenSSH_9.2\r\n")),
                        Map.entry(
                                8004,
                                Lines.always(
                                        http("301 Moved", "", "Location: https://elsewhere/"))),
                        Map.entry(8005, Lines.always(http("503 Unavailable", "starting"))),
                        Map.entry(8006, Lines.always(key.replace(A_KEY, NO_KEY))),
                        Map.entry(8007, Lines.always(http("200 OK", "5".repeat(64)))),
                        Map.entry(
                                8008,
                                Lines.always(
                                        http("400 Bad Request", "unsupported client version: 1"))),
                        Map.entry(8009, Lines.always("")),
                        Map.entry(8010, new Lines(key, http("404 Not Found", "no upgrades"))),
                        Map.entry(
                                8011,
                                new Lines(
                                        key,
                                        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n"
                                                + "Upgrade: tailscale-control-protocol\r\n\r\n"))));
    }

    private static void startTlsServer(int port, String certificate) {
        Path folder = lab.authority().root().resolveSibling(certificate);
        LabProcess server =
                odd.start(
                        "tls-" + certificate,
                        Map.of(),
                        List.of(
                                "openssl",
                                "s_server",
                                "-accept",
                                Integer.toString(port),
                                "-www",
                                "-cert",
                                folder + ".crt",
                                "-key",
                                folder + ".key"));
        server.awaitSaid(SOON, "ACCEPT");
    }

    private static List<String> upArguments(String server, String key, String... flags) {
        List<String> arguments = new ArrayList<>(List.of("up", "--login-server=" + server));
        arguments.add("--auth-key=" + key);
        arguments.add("--hostname=" + node.host().name());
        arguments.addAll(List.of("--reset", "--force-reauth"));
        arguments.addAll(List.of(flags));
        return arguments;
    }

    private static Result up(String server, String key, String... flags) {
        return node.cli(upArguments(server, key, flags).toArray(String[]::new));
    }

    private static void recover() {
        up(headscale.url(), goodKey, "--timeout=40s").orThrow();
        node.awaitRunning();
        assertThat(node.status().at("Health").text()).isEqualTo("[]");
    }

    /// In the command, in both forms of the status, and once in the log.
    private static void assertTold(Result up, LogSince log, String words) {
        assertThat(up.exit()).as(up.toString()).isEqualTo(1);
        assertThat(up.stderr()).contains(words);
        assertThat(node.status().at("Health").text()).contains(words);
        assertThat(node.cli("status").stdout()).contains(words);
        assertThat(log.linesWith(words)).as(log.text()).hasSize(1);
    }

    // Servers that are none, or of another age.

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://ODD:8001  | There is no control server at",
                "http://ODD:8002  | its /key answers with HTTP 404 and no key; check the URL",
                "http://ODD:8003  | does not speak HTTP as a control server does: check the URL",
                "http://ODD:8004  | it sends us on to \"https://elsewhere/\"",
                "http://ODD:8006  | is too old for this program",
                "http://ODD:8007  | is too old for this program",
                "http://ODD:8008  | wants a newer program than this one",
                "http://ODD:8010  | answers the upgrade with HTTP 404",
                "http://ODD:8011  | cannot agree on a secure connection",
                "https://ODD:8001 | does not speak TLS: check the port",
                "http://CTL:443   | it speaks TLS there; begin the URL with https://",
                "https://ODD:9001 | is for another name: use the name it was made for",
                "https://ODD:9002 | has expired by this machine's clock",
                "https://ODD:9003 | is not valid yet by this machine's clock",
            })
    void aServerThatIsNoneIsToldAtOnce(String url, String words) {
        LogSince log = LogSince.now(node);

        Result up = up(there(url), "x", "--timeout=20s");

        assertThat(up.stderr()).startsWith("backend error: ").doesNotContain("timeout");
        assertTold(up, log, words);
        assertThat(node.status().at("Health").text()).containsPattern(NEXT_TRY);
    }

    private static String there(String url) {
        return url.replace("ODD", odd.ip4()).replace("CTL", headscale.host().ip4());
    }

    /// May pass by itself, so the command waits, and says why.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://ODD:8005         | answers with HTTP 503",
                "http://ODD:8009         | closes the connection without an answer",
                "https://ODD:9999        | cannot be reached (Connection refused): check the URL",
                "https://nowhere.invalid | cannot be looked up: check the URL",
            })
    void aServerThatIsNotThereIsToldWhileTheCommandWaits(String url, String words) {
        LogSince log = LogSince.now(node);

        Result up = up(there(url), "x", "--timeout=2s");

        assertTold(up, log, words);
        assertThat(up.stderr()).containsOnlyOnce(words).contains("timeout waiting for");
        assertThat(node.status().at("Health").text()).containsPattern(NEXT_TRY);
    }

    @Test
    void aServerThatNeverAnswersIsToldToo() {
        odd.run(
                        "nft",
                        "add table inet hole; add chain inet hole in { type filter hook input priority 0; };"
                                + " add rule inet hole in tcp dport 8100 drop")
                .orThrow();
        LogSince log = LogSince.now(node);

        Result up = up("https://" + odd.ip4() + ":8100", "x", "--timeout=8s");

        assertTold(up, log, "does not answer: check the URL, and that a firewall lets us out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"not a url", "ftp://host", "host.example", "https://", "http://h:0"})
    void aUrlThatIsNoneIsRefusedByTheCommandAndChangesNothing(String url) {
        String before = node.cli("status", "--json").stdout();
        Result up = up(url, "x");
        assertThat(up.exit()).isEqualTo(1);
        assertThat(up.stderr()).contains('"' + url + "\" is no URL of a control server");
        assertThat(node.status().at("BackendState").present()).isEqualTo(!before.isEmpty());
    }

    @Test
    void theOfficialCommandSaysItToo() {
        List<String> command = new ArrayList<>(List.of(Programs.peer("tailscale")));
        command.add("--socket=" + node.socket());
        command.addAll(upArguments("http://" + odd.ip4() + ":8001", "x", "--timeout=20s"));
        Result up = node.host().run(command, Shell.PATIENCE);
        assertThat(up.exit()).isEqualTo(1);
        assertThat(up.stderr()).contains("backend error: There is no control server at");
    }

    // Certificates.

    @Test
    void anAuthorityThatIsInstalledLaterIsFoundWithoutARestart() throws IOException {
        Host host = lab.host("late");
        Path bundle = host.folder("ca").resolve("bundle.pem");
        lab.authority().issue("stranger", "10.77.0.251", 2020, 2040);
        Files.copy(lab.authority().root().resolveSibling("stranger.crt"), bundle);
        RemoraDaemon late =
                RemoraDaemon.trusting(
                        host,
                        Map.of(
                                "SSL_CERT_FILE", bundle.toString(),
                                "SSL_CERT_DIR", host.folder("none").toString()));
        late.start();
        Result up =
                late.cli(
                        "up",
                        "--login-server=" + headscale.url(),
                        "--auth-key=" + headscale.authKey());
        assertThat(up.stderr()).contains("is signed by nobody this machine trusts");

        Files.copy(lab.authority().root(), host.folder("none").resolve("lab.pem"));

        late.awaitRunning();
        assertThat(late.status().at("Health").text()).doesNotContain("trusts");
    }

    // Keys.

    @Test
    void aKeyThatIsEmptyIsNamedAndNobodyIsSentToAPage() {
        LogSince log = LogSince.now(node);
        Result up = up(headscale.url(), "", "--timeout=20s");
        assertTold(up, log, "The auth key is empty");
        assertThat(up.stderr()).doesNotContain("timeout", "visit");
        recover();
    }

    @Test
    void aKeyFileIsReadEachTime() throws IOException {
        Path file = node.host().folder("secrets").resolve("key");
        Result missing = up(headscale.url(), "file:" + file, "--timeout=20s");
        assertThat(missing.exit()).isEqualTo(1);
        assertThat(missing.stderr()).contains("open " + file + ": no such file or directory");

        Files.writeString(file, "\n");
        LogSince log = LogSince.now(node);
        Result empty = up(headscale.url(), "file:" + file, "--timeout=20s");
        assertTold(empty, log, "The auth key is empty");

        Files.writeString(file, "nonsense\n");
        log = LogSince.now(node);
        Result wrong = up(headscale.url(), "file:" + file, "--timeout=20s");
        assertTold(wrong, log, "The auth key is not valid");
        assertThat(node.status().at("Health").text()).containsPattern(NEXT_TRY);

        Files.writeString(file, goodKey + "\n");
        up(headscale.url(), "file:" + file, "--timeout=40s").orThrow();
        node.awaitRunning();
    }

    @Test
    void aMemberNeedsNoKey() {
        recover();
        node.cli("down").orThrow();
        node.cli("up", "--login-server=" + headscale.url(), "--auth-key=", "--reset").orThrow();
        node.awaitRunning();
    }

    // Surroundings.

    @Test
    void aPlainLocaleAndADirectoryThatIsGoneAreNoObstacle() {
        String inPlainC =
                "exec env -i LC_ALL=C \"$0\" --socket=\"$(printf '/nowhere/b\\303\\274cher')\" ip";
        String outOfNowhere =
                "gone=$(mktemp -d) && cd \"$gone\" && rmdir \"$gone\" && exec \"$0\" --socket=/nowhere/s ip";
        assertThat(odd.run("sh", "-c", inPlainC, Programs.remora()).stderr())
                .contains("dial unix /nowhere/bücher: connect: no such file or directory");
        assertThat(odd.run("sh", "-c", outOfNowhere, Programs.remora()).stderr())
                .contains("dial unix /nowhere/s: connect: no such file or directory");
    }

    // The UDP port.

    @Test
    void aPortInUseIsReplacedUntilItIsFree() {
        Host host = lab.host("port");
        LabProcess holder =
                host.start(
                        "holder",
                        Map.of(),
                        List.of(
                                "/usr/bin/python3",
                                "-u",
                                "-c",
                                """
                                import socket, time
                                s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
                                s.bind(("::", 40404))
                                print("bound")
                                time.sleep(600)
                                """));
        holder.awaitSaid(SOON, "bound");
        RemoraDaemon second = lab.remora(host, "--port=40404");
        second.up(headscale);
        String words = "UDP port 40404 is in use by another program: using port ";
        assertThat(second.cli("status").orThrow().stdout()).contains(words);
        assertThat(second.status().at("Health").text()).contains(words);
        assertThat(second.process().log()).containsOnlyOnce(words);

        holder.stop();

        Await.until(
                "the port to be taken",
                SOON,
                () -> second.status().at("Health").text().equals("[]"));
        assertThat(host.run("ss", "-uln").stdout()).contains(":40404");
    }
}
