package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Commands of a user who may only look: the daemon's words are those of its recorded refusals (captures/localapi/raw/unprivileged of the same day).
class UnprivilegedTest {
    @TempDir Path temp;

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
