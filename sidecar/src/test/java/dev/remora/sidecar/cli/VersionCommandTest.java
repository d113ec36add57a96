package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.config.Version;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionCommandTest {
    @TempDir Path temp;

    private Ran run(String... words) throws Exception {
        Recording recording = Recording.find("running/06-status-json-peers-false").orElseThrow();
        try (RecordedDaemon daemon = new RecordedDaemon(temp, recording, false)) {
            return Ran.tailscale(daemon.socket(), List.of(words));
        }
    }

    @Test
    void theFirstLineIsTheVersion() throws Exception {
        assertThat(run("version").stdout().lines())
                .startsWith(Version.TEXT, "  long version: " + Version.TEXT);
        assertThat(run("--version").stdout()).isEqualTo(run("version").stdout());
    }

    @Test
    void theDaemonsVersionIsItsOwn() throws Exception {
        assertThat(run("version", "--daemon").stdout())
                .startsWith("Client: " + Version.TEXT + "\n")
                .endsWith("\nDaemon: 1.102.5-ERR-BuildInfo\n");
    }

    @Test
    void scriptsReadItAsJson() throws Exception {
        Tree json = Tree.parse(run("version", "--json", "--daemon").stdout().getBytes());
        assertThat(json.members())
                .containsOnlyKeys("majorMinorPatch", "short", "long", "daemonLong", "cap");
        assertThat(json.at("daemonLong").text()).isEqualTo("1.102.5-ERR-BuildInfo");
    }
}
