package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Commands of a user who may only look. The daemon's refusals are those recorded on the same day (captures/localapi/raw/unprivileged); where it answers, it is as it
/// answered the same question of root.
class UnprivilegedTest {
    @TempDir Path temp;

    @ParameterizedTest
    @CsvSource({
        "02-ip, running/01-status",
        "07-serve-status, needs-login/09-serve-status",
        "10-whois, running/55-whois"
    })
    void theyMayLook(String name, String others) throws Exception {
        Capture capture = Capture.read("unprivileged-cli/" + name);
        Recording recording = Recording.find(others).orElseThrow();
        try (RecordedDaemon daemon = new RecordedDaemon(temp, recording, false)) {
            Ran ran = Ran.tailscale(daemon.socket(), capture.words());
            assertThat(ran.stdout()).isEqualTo(capture.stdout());
            assertThat(ran.stderr()).isEqualTo(capture.stderr());
            assertThat(ran.exit()).isEqualTo(capture.exit());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "05-down, PATCH, prefs, prefs write access denied, running/01-status",
        "06-set, POST, check-prefs, checkprefs access denied, set/02-set-hostname",
        "08-serve-bg, POST, serve-config, serve config denied, serve/16-http-bg",
        "09-serve-reset, POST, serve-config, serve config denied, serve/58-reset",
        "12-logout, POST, logout, logout access denied, running/01-status",
        "13-login, PUT, profiles/, profiles access denied, running/01-status"
    })
    void whatTheyMayNotDoIsRefusedWithTheWayToGetThere(
            String name, String method, String target, String refusal, String others)
            throws Exception {
        Capture capture = Capture.read("unprivileged-cli/" + name);
        AnsweringDaemon answers = new AnsweringDaemon();
        Recording.find(others).orElseThrow().exchanges().stream()
                .filter(exchange -> !exchange.line().equals(method + " " + target))
                .forEach(exchange ->
                        answers.json(exchange.method(), exchange.target(), exchange.body()));
        answers.answer(
                method, target, "403 Forbidden", "text/plain; charset=utf-8", refusal + "\n");
        try (RecordedDaemon daemon = new RecordedDaemon(temp, answers.recording(), false)) {
            Ran ran = Ran.tailscale(daemon.socket(), capture.words());
            assertThat(ran.stderr().replace(" --socket=" + daemon.socket(), ""))
                    .isEqualTo(capture.stderr());
            assertThat(ran.stdout()).isEqualTo(capture.stdout());
            assertThat(ran.exit()).isEqualTo(capture.exit());
        }
    }
}
