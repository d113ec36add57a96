package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands of a node that is not connected, and why it is not.
class StoppedTest {
    private static final String SERVER = "https://control.example";

    @TempDir Path temp;

    @Test
    void whatIsConfiguredIsNotServedByAStoppedNode() throws Exception {
        AnsweringDaemon answers =
                new AnsweringDaemon()
                        .json(
                                "GET",
                                "serve-config",
                                "{\"TCP\":{\"80\":{\"TCPForward\":\"localhost:5000\"}}}")
                        .json("GET", "status?peers=false", "{\"BackendState\":\"Stopped\"}");
        try (RecordedDaemon daemon = new RecordedDaemon(temp, answers.recording(), false)) {
            Ran ran = Ran.tailscale(daemon.socket(), List.of("serve", "status"));
            assertThat(ran.stdout()).isEmpty();
            assertThat(ran.stderr()).isEqualTo("Tailscale is stopped.\n");
            assertThat(ran.exit()).isEqualTo(1);
        }
    }

    @Test
    void theSameTroubleAgainIsNewsButTheOldOneIsNot() throws Exception {
        String old = trouble("cannot be reached", "12:00:00");
        AnsweringDaemon answers =
                new AnsweringDaemon()
                        .json("GET", "status", status(old))
                        .json("GET", "prefs", "{\"ControlURL\":\"\"}")
                        .json(
                                "GET",
                                "watch-ipn-bus?mask=0",
                                health(old)
                                        + health(trouble("cannot be reached", "12:00:05"))
                                        + health(trouble("cannot be reached", "12:00:09")))
                        .json("POST", "check-prefs", "{}")
                        .answer("POST", "start", "204 No Content", "text/plain", "")
                        .answer("POST", "login-interactive", "204 No Content", "text/plain", "");
        try (RecordedDaemon daemon = new RecordedDaemon(temp, answers.recording(), false)) {
            Ran ran =
                    Ran.tailscale(
                            daemon.socket(),
                            List.of("up", "--login-server=" + SERVER, "--auth-key=k"));
            assertThat(ran.stderr().lines().limit(1))
                    .containsExactly(trouble("cannot be reached", "12:00:05"));
            assertThat(ran.stderr()).doesNotContain("12:00:00", "12:00:09");
        }
    }

    private static String trouble(String what, String next) {
        return "The control server " + SERVER + " " + what + ". Next try at " + next + ".";
    }

    private static String status(String trouble) {
        return "{\"BackendState\":\"NeedsLogin\",\"Health\":[\"" + loggedOut(trouble) + "\"]}";
    }

    private static String health(String trouble) {
        return "{\"Health\":{\"Warnings\":{\"login-state\":{\"Text\":\""
                + loggedOut(trouble)
                + "\"}}}}\n";
    }

    private static String loggedOut(String trouble) {
        return "You are logged out. The last login error was: " + trouble;
    }
}
