package dev.remora.sidecar.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.life.TestDaemon.Watcher;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is served, for how long, and what cannot be.
class BackendServeTest {
    private TestDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        daemon = new TestDaemon();
        daemon.logIn();
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    @Test
    void aForegroundPartEndsWithItsSession() throws Exception {
        Watcher terminal = daemon.watch(2);
        String session = terminal.told().getFirst().get("SessionID").toString();
        String config =
                "{\"Foreground\":{\""
                        + session
                        + "\":{\"TCP\":{\"80\":{\"TCPForward\":\"localhost:5000\"}}}}}";
        assertThat(daemon.post("serve-config", config).status()).isEqualTo(200);
        assertThat(daemon.listening).containsExactly(80);
        assertThat(
                        TestDaemon.text(
                                daemon.post(
                                        "serve-config",
                                        "{\"TCP\":{\"80\":{\"TCPForward\":\"localhost:1\"}}}")))
                .contains("updating config: foreground listener already exists for port 80");
        terminal.close();
        daemon.settled();
        assertThat(daemon.listening).isEmpty();
        assertThat(TestDaemon.text(daemon.get("serve-config"))).isEqualTo("{}");
    }

    @Test
    void aSessionWhosePartIsTakenAwayIsClosed() throws Exception {
        Watcher terminal = daemon.watch(2);
        String session = terminal.told().getFirst().get("SessionID").toString();
        daemon.post(
                "serve-config",
                "{\"Foreground\":{\""
                        + session
                        + "\":{\"TCP\":{\"80\":{\"TCPForward\":\"localhost:5000\"}}}}}");
        daemon.post("serve-config", "{}");
        assertThat(terminal.isClosed()).isTrue();
        assertThat(daemon.listening).isEmpty();
    }

    @Test
    void aPortThatIsSaidNotToBeForFunnelIsServed() throws Exception {
        String config =
                "{\"TCP\":{\"80\":{\"TCPForward\":\"localhost:5000\"}},\"AllowFunnel\":{\"a:80\":false}}";
        assertThat(daemon.post("serve-config", config).status()).isEqualTo(200);
        assertThat(daemon.listening).containsExactly(80);

        String https = "{\"TCP\":{\"443\":{\"HTTPS\":true}},\"AllowFunnel\":{\"a:443\":false}}";
        assertThat(TestDaemon.text(daemon.post("serve-config", https)))
                .contains("port 443: serving HTTPS is not supported");
    }

    @Test
    void whatWouldNotBeServedIsRefused() throws Exception {
        for (String config :
                List.of(
                        "{\"TCP\":{\"443\":{\"HTTPS\":true}}}",
                        "{\"TCP\":{\"80\":{\"HTTP\":true}}}",
                        "{\"TCP\":{\"80\":{\"TCPForward\":\"a:1\",\"TerminateTLS\":\"x\"}}}",
                        "{\"TCP\":{\"80\":{\"TCPForward\":\"a:1\",\"ProxyProtocol\":2}}}",
                        "{\"TCP\":{\"80\":{\"TCPForward\":\"unix:/x\"}}}",
                        "{\"Services\":{\"svc:x\":{\"TCP\":{\"80\":{\"TCPForward\":\"a:1\"}}}}}",
                        "{\"AllowFunnel\":{\"a:443\":true}}",
                        "{\"TCP\":{\"80\":{\"TCPForward\":\"nowhere\"}}}")) {
            var answer = daemon.post("serve-config", config);
            assertThat(answer.status()).as(config).isEqualTo(500);
            assertThat(TestDaemon.text(answer)).startsWith("{\"error\":\"updating config: ");
        }
        assertThat(daemon.listening).isEmpty();
    }

    /// As with the real daemon: `login` begins another profile, and finds out that it is the same person.
    @Test
    void whoLogsInAgainIsTheSameAndServesTheSame() throws Exception {
        daemon.post("serve-config", "{\"TCP\":{\"80\":{\"TCPForward\":\"localhost:5000\"}}}");
        String id = daemon.profiles.current().id();
        daemon.call("PUT", "profiles/", "", TestDaemon.ROOT);
        assertThat(daemon.listening).isEmpty();

        daemon.logIn();

        assertThat(daemon.listening).containsExactly(80);
        assertThat(daemon.profiles.current().id()).isEqualTo(id);
        assertThat(daemon.profiles.list()).hasSize(1);
    }

    @Test
    void whoServesSomethingBeforeTheLoginServesThat() throws Exception {
        daemon.post("serve-config", "{\"TCP\":{\"80\":{\"TCPForward\":\"localhost:5000\"}}}");
        daemon.call("PUT", "profiles/", "", TestDaemon.ROOT);
        daemon.post("serve-config", "{\"TCP\":{\"81\":{\"TCPForward\":\"localhost:5001\"}}}");

        daemon.logIn();

        assertThat(daemon.listening).containsExactly(81);
        assertThat(daemon.profiles.list()).hasSize(1);
    }
}
