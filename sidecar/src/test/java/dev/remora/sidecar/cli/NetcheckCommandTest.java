package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Reports are those that the official command printed as JSON; a daemon of ours answers with the same object.
class NetcheckCommandTest {
    @TempDir Path temp;

    private Ran run(AnsweringDaemon answers, String... words) throws Exception {
        try (RecordedDaemon daemon = new RecordedDaemon(temp, answers.recording(), false)) {
            return Ran.tailscale(
                    daemon.socket(),
                    Stream.concat(Stream.of("netcheck"), Arrays.stream(words)).toList());
        }
    }

    private static AnsweringDaemon measured() {
        return new AnsweringDaemon()
                .recorded("running/50-netcheck")
                .json("GET", "remora/netcheck", Capture.read("running/51-netcheck-json").stdout());
    }

    @Test
    void jsonIsPrintedAsTheOfficialOneDoes() throws Exception {
        Ran ran = run(measured(), "--format=json");
        assertThat(ran.stdout()).isEqualTo(Capture.read("running/51-netcheck-json").stdout());
        assertThat(ran.stderr())
                .isEqualTo(
                        "# Warning: this JSON format is not yet considered a stable interface\n");
        assertThat(run(measured(), "--format=json-line").stdout())
                .startsWith("{\"Now\":\"2026-11-22T15:00:57.")
                .hasLineCount(1);
    }

    @Test
    void peopleGetTheSameLinesAsFromTheOfficialOne() throws Exception {
        String expected =
                Capture.read("running/50-netcheck")
                        .stdout()
                        .replace("2026-11-22 15:00:53.737185554Z", "2026-11-22 15:00:57.108701453Z")
                        .replace("10.77.0.11:45424", "10.77.0.11:45458")
                        .replace("400µs", "200µs");
        assertThat(run(measured()).stdout()).isEqualTo(expected);
        assertThat(run(measured(), "--verbose").stdout())
                .isEqualTo(expected.replace("(lab)", "(derp999, lab)"));
    }

    @Test
    void anUnknownFormatIsRefused() throws Exception {
        Ran ran = run(measured(), "--format=xml");
        assertThat(ran.stderr()).isEqualTo("unknown output format \"xml\"\n");
        assertThat(ran.exit()).isEqualTo(1);
    }

    @Test
    void anotherDaemonCannotBeAsked() throws Exception {
        Ran ran = run(new AnsweringDaemon().recorded("running/50-netcheck"));
        assertThat(ran.stderr()).contains("not Remora's");
        assertThat(ran.exit()).isEqualTo(1);
    }

    @Test
    void aDaemonThatNeverLoggedInKnowsNoRelays() throws Exception {
        Ran ran = run(new AnsweringDaemon().recorded("needs-login/17-netcheck"));
        assertThat(ran.stderr()).startsWith("No DERP map");
        assertThat(ran.exit()).isEqualTo(1);
    }
}
