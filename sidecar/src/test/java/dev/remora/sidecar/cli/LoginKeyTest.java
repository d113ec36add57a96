package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.oauth.FakeKeyApi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginKeyTest {
    private static final String RUNNING = "{\"State\":6}";

    @TempDir Path temp;

    private Ran up(RecordedDaemon daemon, String... flags) {
        List<String> words = new ArrayList<>(List.of("up"));
        words.addAll(List.of(flags));
        return Ran.tailscale(daemon.socket(), words);
    }

    private RecordedDaemon daemon() throws Exception {
        AnsweringDaemon answers =
                new AnsweringDaemon()
                        .json("GET", "status", "{\"BackendState\":\"NeedsLogin\"}")
                        .json("GET", "prefs", "{\"ControlURL\":\"\"}")
                        .json("GET", "watch-ipn-bus?mask=0", RUNNING)
                        .json("POST", "check-prefs", "{}")
                        .answer("POST", "start", "204 No Content", "text/plain", "")
                        .answer("POST", "login-interactive", "204 No Content", "text/plain", "")
                        .json("GET", "status?peers=false", "{\"BackendState\":\"Running\"}");
        return new RecordedDaemon(temp, answers.recording(), false);
    }

    private static String started(RecordedDaemon daemon) {
        return daemon.requests().stream()
                .filter(request -> request.target().endsWith("start"))
                .map(RecordedDaemon.Request::body)
                .findFirst()
                .orElse("");
    }

    @Test
    void anOauthClientsSecretBecomesTheKeyThatTheDaemonGets() throws Exception {
        try (FakeKeyApi api = new FakeKeyApi();
                RecordedDaemon daemon = daemon()) {
            Path file =
                    Files.writeString(
                            temp.resolve("secret"), "tskey-client-a?baseURL=" + api.url() + "\n");

            Ran ran = up(daemon, "--client-secret=file:" + file, "--advertise-tags=tag:a");

            assertThat(ran.stderr()).isEmpty();
            assertThat(ran.exit()).isZero();
            assertThat(started(daemon)).contains("\"AuthKey\":\"" + FakeKeyApi.KEY + "\"");
        }
    }

    @Test
    void aTokenIsExchangedAtTheServerThatTheNodeLogsInTo() throws Exception {
        try (FakeKeyApi api = new FakeKeyApi();
                RecordedDaemon daemon = daemon()) {
            up(
                    daemon,
                    "--login-server=" + api.url(),
                    "--client-id=cid",
                    "--id-token=eyJ.jwt.x",
                    "--advertise-tags=tag:a");

            assertThat(api.asked()).hasSize(2);
            assertThat(started(daemon)).contains("\"AuthKey\":\"" + FakeKeyApi.KEY + "\"");
        }
    }

    @Test
    void withoutTagsNothingIsStarted() throws Exception {
        try (RecordedDaemon daemon = daemon()) {
            Ran ran = up(daemon, "--authkey=tskey-client-a");

            assertThat(ran.stderr()).startsWith("oauth authkeys require --advertise-tags");
            assertThat(ran.exit()).isEqualTo(1);
            assertThat(started(daemon)).isEmpty();
        }
    }

    @Test
    void aMissingFileIsNamedAsTheRealProgramNamesIt() throws Exception {
        try (RecordedDaemon daemon = daemon()) {
            assertThat(up(daemon, "--client-id=c", "--id-token=file:/nonexistent").stderr())
                    .isEqualTo("open /nonexistent: no such file or directory\n");
        }
    }
}
