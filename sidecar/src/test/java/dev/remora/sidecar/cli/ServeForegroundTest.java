package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.cli.RecordedDaemon.Request;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A foreground `serve` whose daemon goes away: it ends with code 0, having printed and asked what the official one did until its signal came.
class ServeForegroundTest {
    @TempDir Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"61-foreground-http", "62-foreground-tcp"})
    void servesUntilTheStreamEnds(String name) throws Exception {
        Capture capture = Capture.read("serve/" + name);
        Recording recording = Recording.find("serve/" + name).orElseThrow();
        try (RecordedDaemon daemon = new RecordedDaemon(temp, recording, false)) {
            Ran ran = Ran.tailscale(daemon.socket(), capture.words());
            assertThat(ran.stdout()).isEqualTo(capture.stdout());
            assertThat(ran.stderr()).isEmpty();
            assertThat(ran.exit()).isZero();
            assertThat(daemon.requests().stream().map(Request::line))
                    .containsExactlyElementsOf(
                            recording.exchanges().stream().map(Recording.Exchange::line).toList());
            assertThat(Tree.parse(daemon.requests().getLast().body().getBytes()))
                    .isEqualTo(
                            Tree.parse(recording.exchanges().getLast().requestBody().getBytes()));
            assertThat(daemon.requests().getLast().headers()).contains("If-Match: ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"412 Precondition Failed", "500 Internal Server Error"})
    void aRefusalEndsItAtOnce(String status) throws Exception {
        AnsweringDaemon answers = new AnsweringDaemon();
        Recording.find("serve/62-foreground-tcp").orElseThrow().exchanges().stream()
                .filter(exchange -> !exchange.method().equals("POST"))
                .forEach(exchange ->
                        answers.json(exchange.method(), exchange.target(), exchange.body()));
        answers.answer(
                "POST",
                "serve-config",
                status,
                "application/json",
                "{\"error\":\"updating config: listener already exists for port 2222\"}");
        try (RecordedDaemon daemon = new RecordedDaemon(temp, answers.recording(), true)) {
            Ran ran = Ran.tailscale(daemon.socket(), List.of("serve", "--tcp=2222", "22"));
            assertThat(ran.stderr())
                    .endsWith(
                            "sending serve config: updating config: listener already exists for port 2222\n");
            assertThat(ran.stderr().contains("Another client is changing the serve config"))
                    .isEqualTo(status.startsWith("412"));
            assertThat(ran.stdout()).isEmpty();
            assertThat(ran.exit()).isEqualTo(1);
        }
    }
}
