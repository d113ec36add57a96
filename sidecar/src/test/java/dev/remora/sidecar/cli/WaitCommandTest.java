package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `wait` as scripts use it: before a daemon is there, while it logs in, and with a limit.
class WaitCommandTest {
    @TempDir Path temp;

    private Ran runWith(String notifications, String... words) throws Exception {
        AnsweringDaemon answers =
                new AnsweringDaemon().json("GET", "watch-ipn-bus?mask=2", notifications);
        try (RecordedDaemon daemon = new RecordedDaemon(temp, answers.recording(), false)) {
            return Ran.tailscale(daemon.socket(), List.of(words));
        }
    }

    @Test
    void endsSilentlyWhenTheNodeRuns() throws Exception {
        assertThat(
                        runWith(
                                "{\"State\":2}\n{\"Version\":\"x\"}\n{\"State\":5}\n{\"State\":6}\n",
                                "wait"))
                .isEqualTo(new Ran("", "", 0));
    }

    @Test
    void givesUpWhereThereIsNoDaemonInTime() {
        assertThat(Ran.tailscale(temp.resolve("none"), List.of("wait", "--timeout=3s")))
                .isEqualTo(new Ran("", "context deadline exceeded\n", 1));
    }

    @Test
    void takesNoWords() {
        assertThat(Ran.tailscale(temp.resolve("none"), List.of("wait", "for", "it")))
                .isEqualTo(new Ran("", "unexpected arguments: [\"for\" \"it\"]\n", 1));
    }
}
