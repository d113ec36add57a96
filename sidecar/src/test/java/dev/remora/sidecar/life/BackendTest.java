package dev.remora.sidecar.life;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import dev.remora.crypto.NodePrivateKey;
import dev.remora.io.control.ControlState;
import dev.remora.io.control.ControlState.NeedsLogin.Why;
import dev.remora.io.control.LoginOptions;
import dev.remora.io.control.NodeIdentity;
import dev.remora.io.control.Reason;
import dev.remora.io.state.StateStore;
import dev.remora.sidecar.life.TestDaemon.Watcher;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BackendTest {
    private static final int INITIAL = 14;

    private TestDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        daemon = new TestDaemon();
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private Object state() throws Exception {
        return daemon.status().get("BackendState");
    }

    private void control(ControlState state) throws Exception {
        daemon.events.onControl(state);
        daemon.settled();
    }

    /// As recorded in 006: preferences, state, and then the page to visit.
    @Test
    void aLoginByAPersonTellsThePage() throws Exception {
        Watcher watcher = daemon.watch(INITIAL);
        daemon.post("start", "{\"UpdatePrefs\":" + TestDaemon.RECORDED_PREFS + "}");
        assertThat(daemon.node.logins).as("nobody asked for a login yet").isEmpty();
        daemon.post("login-interactive", "");
        daemon.connecting();
        control(new ControlState.NeedsLogin(Why.NEW, Optional.of("https://10.77.0.2/register/x")));
        List<Map<String, Object>> told = watcher.told();
        assertThat(told.getFirst()).containsEntry("State", 2L).containsKey("SessionID");
        assertThat(told.get(1).get("Prefs")).isNotNull();
        assertThat(told.get(2)).containsEntry("State", 2L);
        assertThat(watcher.values("BrowseToURL")).containsExactly("https://10.77.0.2/register/x");
        assertThat(daemon.status()).containsEntry("AuthURL", "https://10.77.0.2/register/x");
        assertThat(daemon.node.logins.getFirst().options())
                .isEqualTo(
                        new LoginOptions(
                                Optional.empty(),
                                false,
                                false,
                                Optional.empty(),
                                1,
                                Optional.of(daemon.profiles.lockKey().publicKey())));
    }

    /// As recorded in 010.
    @Test
    void aLoginByKeyEndsInRunning() throws Exception {
        Watcher watcher = daemon.watch(INITIAL);
        daemon.logIn();
        List<String> order =
                watcher.told().stream()
                        .skip(1)
                        .flatMap(message ->
                                message.entrySet().stream()
                                        .filter(e ->
                                                e.getValue() != null
                                                        && !e.getKey().equals("Version"))
                                        .map(e ->
                                                e.getKey().equals("State")
                                                        ? "State " + e.getValue()
                                                        : e.getKey()))
                        .filter(name -> !name.equals("Health"))
                        .toList();
        assertThat(order)
                .containsExactly(
                        "Prefs",
                        "State 2",
                        "LoginFinished",
                        "Prefs",
                        "SelfChange",
                        "State 5",
                        "State 6");
        assertThat(daemon.status())
                .containsEntry("BackendState", "Running")
                .containsEntry("HaveNodeKey", true);
    }

    @Test
    void theLoginThatStartBeganIsNotBegunAgain() throws Exception {
        daemon.post(
                "start", "{\"AuthKey\":\"k\",\"UpdatePrefs\":" + TestDaemon.RECORDED_PREFS + "}");
        daemon.post("login-interactive", "");
        assertThat(daemon.node.logins).hasSize(1);
        assertThat(daemon.node.logins.getFirst().options().authKey().orElseThrow().secret())
                .isEqualTo("k");
        assertThat(daemon.node.logins.getFirst().options().newKey()).isFalse();
    }

    @Test
    void aMemberWhoLogsInAgainGetsANewKey() throws Exception {
        daemon.logIn();
        daemon.post("login-interactive", "");
        assertThat(daemon.node.logins.getLast().options().newKey()).isTrue();
    }

    @Test
    void withAKeyNobodyIsSentToAPage() throws Exception {
        Watcher watcher = daemon.watch(0);
        daemon.post(
                "start", "{\"AuthKey\":\"k\",\"UpdatePrefs\":" + TestDaemon.RECORDED_PREFS + "}");
        daemon.connecting();
        control(new ControlState.NeedsLogin(Why.NEW, Optional.of("https://x/register")));
        assertThat(watcher.values("BrowseToURL")).isEmpty();
        assertThat(daemon.status()).containsEntry("AuthURL", "");
    }

    @Test
    void whoWaitsForALoginHearsOnceWhyItCannotWork() throws Exception {
        Watcher watcher = daemon.watch(0);
        daemon.post(
                "start", "{\"AuthKey\":\"k\",\"UpdatePrefs\":" + TestDaemon.RECORDED_PREFS + "}");
        daemon.connecting();
        control(outdated("at 12:00:00Z"));
        control(outdated("at 12:00:04Z"));
        assertThat(watcher.values("ErrMessage")).containsExactly("It has expired at 12:00:00Z.");
        assertThat(daemon.status().get("Health").toString())
                .contains(
                        "You are logged out. The last login error was: It has expired at 12:00:04Z. [certificate-dates] Next try at ");
    }

    private static ControlState outdated(String when) {
        return new ControlState.Failed(
                Reason.CERTIFICATE_DATES,
                "It has expired " + when + ".",
                Optional.of(Instant.parse("2026-11-22T12:00:00Z")));
    }

    @Test
    void aServerThatMayComeBackIsWaitedFor() throws Exception {
        Watcher watcher = daemon.watch(0);
        daemon.post(
                "start", "{\"AuthKey\":\"k\",\"UpdatePrefs\":" + TestDaemon.RECORDED_PREFS + "}");
        daemon.connecting();
        control(
                new ControlState.Failed(
                        Reason.UNREACHABLE, "Nobody answers.", Optional.of(Instant.EPOCH)));
        assertThat(watcher.values("ErrMessage")).isEmpty();
        assertThat(daemon.status().get("Health").toString()).contains("Nobody answers.");
    }

    @Test
    void whatKeepsALoginFromBeginningIsToldUntilOneBegins() throws Exception {
        ControlState.Failed why =
                new ControlState.Failed(
                        Reason.CREDENTIALS_REFUSED, "The API says no.", Optional.empty());
        daemon.backend.post(() -> daemon.backend.onHindrance(why));
        assertThat(daemon.backend.situation().code()).isEqualTo("credentials-refused");
        assertThat(daemon.backend.situation().sentence()).contains("The API says no.");
        assertThat(daemon.status().get("Health").toString()).contains("The API says no.");

        daemon.post(
                "start", "{\"AuthKey\":\"k\",\"UpdatePrefs\":" + TestDaemon.RECORDED_PREFS + "}");
        assertThat(daemon.backend.situation().code()).isNotEqualTo("credentials-refused");
    }

    @Test
    void whatBecomesOfTheLastLoginIsNotToldOfTheNext() throws Exception {
        Watcher watcher = daemon.watch(0);
        daemon.post(
                "start", "{\"AuthKey\":\"k\",\"UpdatePrefs\":" + TestDaemon.RECORDED_PREFS + "}");
        daemon.connecting();
        ControlState lastTry = new ControlState.Connecting(daemon.lastLogin());
        daemon.post(
                "start", "{\"AuthKey\":\"l\",\"UpdatePrefs\":" + TestDaemon.RECORDED_PREFS + "}");

        control(lastTry);
        control(
                new ControlState.Failed(
                        Reason.AUTH_KEY_INVALID, "The last key is wrong.", Optional.empty()));

        assertThat(watcher.values("ErrMessage")).isEmpty();
        assertThat(daemon.status().get("Health").toString()).doesNotContain("The last key");
    }

    /// In the words by which the official `up` knows what to show.
    @Test
    void whoWantsAnSshServerIsToldThatThereIsNone() throws Exception {
        daemon.logIn();
        daemon.patch("{\"RunSSH\":true,\"RunSSHSet\":true}");
        assertThat(daemon.status().get("Health").toString())
                .contains("Tailscale SSH enabled, but this program has no SSH server");
    }

    @Test
    void aClockThatIsFarOffIsToldWithItsRemedy() throws Exception {
        daemon.logIn();
        control(new ControlState.Connected(Optional.of(Duration.ofMinutes(-95))));
        assertThat(daemon.status().get("Health").toString())
                .contains("This machine's clock is 1h35m ahead of the control server's: set it");
        control(new ControlState.Connected(Optional.empty()));
        assertThat(daemon.status().get("Health").toString()).doesNotContain("clock");
    }

    /// As recorded in 186.
    @Test
    void downAndUpAreToldInOrder() throws Exception {
        daemon.logIn();
        Watcher watcher = daemon.watch(2);
        daemon.patch("{\"WantRunning\":false,\"WantRunningSet\":true}");
        assertThat(state()).isEqualTo("Stopped");
        assertThat(daemon.node.pauses).isPositive();
        daemon.patch("{\"WantRunning\":true,\"WantRunningSet\":true}");
        assertThat(state()).isEqualTo("Running");
        assertThat(watcher.values("State")).containsExactly(6L, 4L, 5L, 6L);
        assertThat(daemon.node.logins.getLast().options().newKey()).isFalse();
    }

    /// As recorded in 191.
    @Test
    void aKeyThatEndsNeedsALogin() throws Exception {
        daemon.logIn();
        Watcher watcher = daemon.watch(2);
        control(new ControlState.NeedsLogin(Why.KEY_EXPIRED, Optional.empty()));
        assertThat(watcher.values("State")).containsExactly(6L, 2L);
        assertThat(daemon.status())
                .containsEntry("HaveNodeKey", true)
                .doesNotContainEntry("TailscaleIPs", null);
    }

    @Test
    void whomTheServerForgotIsNoMemberAnyMore() throws Exception {
        daemon.logIn();
        control(new ControlState.NeedsLogin(Why.NODE_GONE, Optional.empty()));
        assertThat(state()).isEqualTo("NeedsLogin");
        assertThat(daemon.status()).containsEntry("TailscaleIPs", null);
        NodePrivateKey key = daemon.profiles.current().identity().nodeKey().orElseThrow();
        assertThat(daemon.status())
                .as("the next login begins with it, and one that wants another key must know it")
                .containsEntry("HaveNodeKey", true)
                .extractingByKey("Self", as(MAP))
                .containsEntry("PublicKey", key.publicKey().text());
    }

    /// As recorded in 195 and 196.
    @Test
    void afterALogoutNothingIsLeft() throws Exception {
        daemon.logIn();
        daemon.post("serve-config", "{\"TCP\":{\"80\":{\"TCPForward\":\"localhost:5000\"}}}");
        assertThat(daemon.post("logout", "").status()).isEqualTo(204);
        assertThat(daemon.node.logouts).isOne();
        assertThat(daemon.status())
                .containsEntry("BackendState", "NeedsLogin")
                .doesNotContainKey("HaveNodeKey")
                .containsEntry("TailscaleIPs", null);
        assertThat(daemon.listening).isEmpty();
        assertThat(TestDaemon.text(daemon.get("profiles/"))).isEqualTo("[]\n");
    }

    @Test
    void aRestartResumesByItself() throws Exception {
        StateStore store = StateStore.inMemory();
        NodePrivateKey key = NodePrivateKey.generate(new Random(5));
        try (TestDaemon before = new TestDaemon(store)) {
            before.post(
                    "start",
                    "{\"AuthKey\":\"k\",\"UpdatePrefs\":" + TestDaemon.RECORDED_PREFS + "}");
            before.events.onIdentity(new NodeIdentity(Optional.of(key), Optional.empty()));
            before.post("serve-config", "{\"TCP\":{\"80\":{\"TCPForward\":\"localhost:5000\"}}}");
        }
        try (TestDaemon after = new TestDaemon(store)) {
            assertThat(after.node.logins).hasSize(1);
            assertThat(after.node.logins.getFirst().identity().nodeKey()).contains(key);
            assertThat(after.node.logins.getFirst().url().text())
                    .isEqualTo("https://10.77.0.2:443");
            assertThat(after.node.hostInfo.hostname()).isEqualTo("kilo");
            assertThat(after.listening).containsExactly(80);
        }
    }

    @Test
    void privateKeysNeverLeaveTheDaemon() throws Exception {
        Watcher watcher = daemon.watch(0xffff & ~256);
        daemon.logIn();
        String key = daemon.profiles.current().identity().nodeKey().orElseThrow().text();
        assertThat(TestDaemon.text(daemon.get("prefs")))
                .doesNotContain(key)
                .contains("privkey:00000000");
        assertThat(watcher.told().toString())
                .doesNotContain(key)
                .doesNotContain(daemon.profiles.lockKey().text());
    }

    @Test
    void watchersOfPeersHearWhatChanges() throws Exception {
        daemon.logIn();
        Watcher watcher =
                daemon.watch(28672); // status first, then changes of peers, never the whole map
        assertThat(watcher.told().getFirst().get("InitialStatus").toString())
                .contains("beta.lab.test.");
        var map = TestDaemon.recordedMap();
        daemon.events.onNetMap(
                map.apply(
                        dev.remora.proto.control.ControlJson.read(
                                dev.remora.proto.control.MapResponse.class,
                                "{\"PeersRemoved\":[1]}"
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                        Instant.EPOCH));
        daemon.settled();
        assertThat(watcher.values("PeersRemoved")).containsExactly(List.of(1L));
    }

    @Test
    void someWishesDoNotGoTogether() throws Exception {
        assertThat(daemon.get("watch-ipn-bus?mask=" + (256 | 4096)).status()).isEqualTo(400);
        assertThat(daemon.get("watch-ipn-bus?mask=65536").status()).isEqualTo(400);
    }

    /// As recorded in set/04: what to make of it is the server's business.
    @Test
    void anyHostNameIsPassedOn() throws Exception {
        daemon.logIn();
        daemon.call(
                "PATCH", "prefs", "{\"Hostname\":\"bad!\",\"HostnameSet\":true}", TestDaemon.ROOT);
        assertThat(daemon.profiles.current().prefs().hostname()).isEqualTo("bad!");
        assertThat(daemon.node.hostInfo.hostname()).isEqualTo("bad!");
    }

    @Test
    void aProfileGoesByItsNickname() throws Exception {
        daemon.logIn();
        Object login = daemon.profiles.current().listed().get("Name");
        daemon.call(
                "PATCH",
                "prefs",
                "{\"ProfileName\":\"work\",\"ProfileNameSet\":true}",
                TestDaemon.ROOT);
        assertThat(daemon.profiles.current().listed()).containsEntry("Name", "work");
        daemon.call("PATCH", "prefs", "{\"ProfileNameSet\":true}", TestDaemon.ROOT);
        assertThat(daemon.profiles.current().listed()).containsEntry("Name", login);
    }

    @Test
    void profilesComeAndGo() throws Exception {
        daemon.logIn();
        String id = daemon.profiles.current().id();
        assertThat(daemon.call("PUT", "profiles/", "", TestDaemon.ROOT).status()).isEqualTo(201);
        assertThat(state()).isEqualTo("NeedsLogin");
        daemon.post("login-interactive", "");
        assertThat(daemon.call("POST", "profiles/" + id, "", TestDaemon.ROOT).status())
                .isEqualTo(204);
        assertThat(daemon.node.logins)
                .extracting(login -> login.options().lockKey().orElseThrow())
                .as("the lock key is the profile's")
                .hasSize(3)
                .satisfies(keys -> assertThat(keys.get(1)).isNotEqualTo(keys.get(0)))
                .satisfies(keys -> assertThat(keys.get(2)).isEqualTo(keys.get(0)));
        assertThat(daemon.call("DELETE", "profiles/" + id, "", TestDaemon.ROOT).status())
                .isEqualTo(204);
        assertThat(daemon.profiles.list()).isEmpty();
    }
}
