package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.apps.Curl;
import dev.remora.lab.apps.FlaskApp;
import dev.remora.lab.peers.AuthKeyRequest;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// How a node comes, goes and comes again, and what it says when it cannot: the right state, the right words in the
/// status, in the command and once in the log.
@Tag("host")
@ExtendWith(LabExtension.class)
class LifeTest {
    private static final Duration SOON = Ways.SOON;
    private static final Pattern NEXT_TRY = Pattern.compile("Next try at \\d\\d:\\d\\d:\\d\\d");

    private static final AtomicInteger NODES = new AtomicInteger();

    private static Lab lab;
    private static Headscale headscale;
    private static Tailscaled peer;
    private static String expiredKey;
    private static RemoraDaemon deleted;

    @BeforeAll
    static void start(Lab theLab) {
        lab = theLab;
        headscale = lab.headscale();
        // Both need some time until they are what their names say.
        expiredKey =
                headscale.authKey(AuthKeyRequest.forUser("alice").validFor(Duration.ofSeconds(1)));
        deleted = newMember();
        headscale.delete(deleted.host().name());
        peer = lab.tailscaled(lab.host("peer"), Tailscaled.Mode.TUN);
        peer.up(headscale);
    }

    private static RemoraDaemon newNode() {
        return lab.remora(lab.host("node" + NODES.incrementAndGet()));
    }

    private static RemoraDaemon newMember() {
        RemoraDaemon node = newNode();
        node.up(headscale);
        return node;
    }

    private static Result up(RemoraDaemon node, String server, String key, String... flags) {
        List<String> arguments = new ArrayList<>(List.of("up", "--login-server=" + server));
        if (!key.isEmpty()) {
            arguments.add("--auth-key=" + key);
        }
        arguments.add("--hostname=" + node.host().name());
        arguments.addAll(List.of(flags));
        return node.cli(arguments.toArray(String[]::new));
    }

    private static void awaitState(RemoraDaemon node, String state) {
        String what = node + " to be in state " + state;
        Await.until(what, SOON, () -> node.status().at("BackendState").text().equals(state));
    }

    private static void awaitHealth(RemoraDaemon node, String words) {
        String what = node + " to say \"" + words + '"';
        Await.until(what, SOON, () -> node.status().at("Health").text().contains(words));
    }

    // Coming and going.

    @Test
    void aRestartedNodeIsTheSameWithTheSameServices() {
        RemoraDaemon node = newMember();
        FlaskApp.start(node.host());
        node.cli("serve", "--bg", "--tcp=80", "tcp://localhost:5000").orThrow();
        String before = node.cli("serve", "status", "--json").stdout();
        String ip = node.ip4();
        String key = node.status().at("Self").at("PublicKey").text();

        node.restart();

        node.awaitRunning();
        assertThat(node.ip4()).isEqualTo(ip);
        assertThat(node.status().at("Self").at("PublicKey").text()).isEqualTo(key);
        assertThat(node.cli("serve", "status", "--json").stdout()).isEqualTo(before);
        assertThat(new Curl(peer.host()).awaitOk("http://" + ip + "/", SOON).body())
                .isEqualTo(FlaskApp.HELLO);
    }

    @Test
    void aMemberAtRestIsSmall() {
        RemoraDaemon node = newMember();

        Await.until(
                "less than 90 MB",
                Duration.ofMinutes(1),
                () -> node.process().residentBytes() < 90_000_000);
    }

    @Test
    void anExpiredKeyLogsTheNodeOutUntilItLogsInAgain() {
        RemoraDaemon node = newMember();
        String ip = node.ip4();
        headscale.expire(node.host().name());
        awaitState(node, "NeedsLogin");
        Result status = node.cli("status");
        assertThat(status.exit()).isEqualTo(1);
        assertThat(status.stdout()).contains("Logged out.");

        up(node, headscale.url(), headscale.authKey(), "--timeout=40s").orThrow();

        node.awaitRunning();
        assertThat(node.ip4()).isEqualTo(ip);
    }

    @Test
    void aDeletedNodeFindsOutByItselfAndMayJoinAgain() {
        // It is told nothing; what it says by itself, about once a minute, is refused.
        Await.until("the node to find out", Duration.ofSeconds(120), () -> !isRunning(deleted));
        awaitState(deleted, "NeedsLogin");
        awaitHealth(deleted, "deleted");
        assertThat(deleted.cli("status").exit()).isEqualTo(1);

        up(deleted, headscale.url(), headscale.authKey(), "--timeout=40s").orThrow();

        deleted.awaitRunning();
        assertThat(headscale.node(deleted.host().name())).isPresent();
    }

    private static boolean isRunning(RemoraDaemon node) {
        return node.status().at("BackendState").text().equals("Running");
    }

    @Test
    void aNodeThatWasDeletedWhileItWasAwaySaysWhyItMustLogIn() {
        RemoraDaemon node = newMember();
        node.stop();
        headscale.delete(node.host().name());
        node.start();
        awaitState(node, "NeedsLogin");
        awaitHealth(node, "deleted");
        assertThat(node.cli("status").stdout()).contains("Logged out.", "Log in at: ");
    }

    @Test
    void loggingOutExpiresTheNodeAndLoggingInMakesItAMemberAgain() {
        RemoraDaemon node = newMember();
        String name = node.host().name();
        node.cli("logout").orThrow();
        assertThat(node.cli("status").stdout()).contains("Logged out.");
        assertThat(node.status().at("BackendState").text()).isEqualTo("NeedsLogin");
        Await.until(
                "the peer to hear of it",
                SOON,
                () -> peer.peer(name).stream().allMatch(p -> p.at("Expired").bool()));

        up(node, headscale.url(), headscale.authKey(), "--timeout=40s").orThrow();

        node.awaitRunning();
        node.cli("down").orThrow();
        assertThat(node.cli("status").stdout()).contains("Tailscale is stopped.");
        node.cli("up").orThrow();
        node.awaitRunning();
    }

    // Keys that do not fit.

    @Test
    void aWrongKeyIsRefusedInWordsAndTheNextOneIsTaken() {
        RemoraDaemon node = newNode();
        LogSince log = LogSince.now(node);
        String wrong = "hskey-auth-aaaaaaaaaaaa-" + "b".repeat(64);
        assertRefused(up(node, headscale.url(), wrong), node, "key is not valid");
        assertThat(log.linesWith("key is not valid")).hasSize(1);
        assertThat(log.text()).doesNotContain("b".repeat(20));
        up(node, headscale.url(), headscale.authKey(), "--timeout=40s").orThrow();
        node.awaitRunning();
    }

    private static void assertRefused(Result up, RemoraDaemon node, String words) {
        assertThat(up.exit()).as(up.toString()).isEqualTo(1);
        assertThat(up.stderr()).contains("backend error: ").contains(words);
        assertThat(node.status().at("BackendState").text()).isEqualTo("NeedsLogin");
        assertThat(node.status().at("Health").text()).contains(words);
        assertThat(node.cli("status").output()).contains("Logged out.");
    }

    @Test
    void aKeyThatHasExpiredOrWasUsedIsRefusedInItsOwnWords() {
        RemoraDaemon node = newNode();
        String used = headscale.authKey();
        RemoraDaemon first = newNode();
        first.up(headscale, used, new String[0]);
        assertRefused(up(node, headscale.url(), used), node, "used before");
        assertRefused(up(node, headscale.url(), expiredKey), node, "has expired");
    }

    @Test
    void withoutAKeyThereIsAPageToVisit() {
        RemoraDaemon node = newNode();
        Result up = up(node, headscale.url(), "", "--timeout=4s");
        assertThat(up.exit()).isEqualTo(1);
        assertThat(up.stderr()).contains("To authenticate, visit:", headscale.url() + "/register/");
        assertThat(node.cli("status").stdout())
                .contains("Logged out.", "Log in at: " + headscale.url());
        String page = node.status().at("AuthURL").text();

        String id = page.substring(page.lastIndexOf('/') + 1);
        headscale.cli("auth", "register", "--auth-id", id, "--user", "alice").orThrow();

        node.awaitRunning();
    }

    // Servers that are none.

    @Test
    void anUnreachableServerIsToldAndTriedAgainUntilItIsThere() {
        RemoraDaemon node = newNode();
        String key = headscale.authKey();
        headscale.kill();
        try {
            LogSince log = LogSince.now(node);
            Result up = up(node, headscale.url(), key, "--timeout=3s");
            assertThat(up.exit()).as(up.toString()).isEqualTo(1);
            awaitHealth(node, "cannot be reached");
            assertThat(node.status().at("Health").text()).containsPattern(NEXT_TRY);
            assertThat(log.linesWith("cannot be reached")).hasSize(1);
        } finally {
            headscale.start();
        }
        node.awaitRunning();
    }

    // What else may be wrong.

    @Test
    void aServeTargetThatIsNoAddressIsRefusedByTheCommand() {
        RemoraDaemon node = newMember();
        for (String target :
                List.of(
                        "tcp://no host:1",
                        "tcp://localhost",
                        "tcp://localhost:99999",
                        "./here",
                        "")) {
            Result serve = node.cli("serve", "--bg", "--tcp=80", target);
            assertThat(serve.exit()).as(serve.toString()).isEqualTo(1);
            assertThat(serve.stderr()).isNotBlank();
        }
        assertThat(node.cli("serve", "status").stdout()).contains("No serve config");
    }
}
