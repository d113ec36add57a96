package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevertCheckTest {
    @TempDir Path temp;

    private Ran up(String... flags) throws Exception {
        AnsweringDaemon answers =
                new AnsweringDaemon()
                        .recorded("login/17-up-exit-node-and-advertise")
                        .recorded("login/23-up-again-same");
        List<String> words = new ArrayList<>(List.of("up"));
        words.addAll(List.of(flags));
        try (RecordedDaemon daemon = new RecordedDaemon(temp, answers.recording(), false)) {
            return Ran.tailscale(daemon.socket(), words);
        }
    }

    @Test
    void aSettingThatWouldBeLostIsNamed() throws Exception {
        Capture capture = Capture.read("login/17-up-exit-node-and-advertise");
        Ran ran = up(capture.words().subList(1, capture.words().size()).toArray(String[]::new));
        assertThat(ran.stdout()).isEqualTo(capture.stdout());
        assertThat(ran.stderr()).isEqualTo(capture.stderr());
        assertThat(ran.exit()).isEqualTo(1);
    }

    @Test
    void anAuthKeyIsNotRepeated() throws Exception {
        Ran ran = up("--auth-key=tskey-auth-secret", "--ssh");
        assertThat(ran.stderr())
                .contains("mentioning all\nnon-default flags")
                .contains(
                        "\ttailscale up --auth-key=... --ssh --advertise-tags=tag:web --login-server=")
                .doesNotContain("secret");
    }
}
