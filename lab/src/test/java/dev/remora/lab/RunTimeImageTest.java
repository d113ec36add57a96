package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.peers.Programs;
import dev.remora.lab.run.LabProcess;
import dev.remora.lab.run.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What was prepared while the run-time image was built is what its programs use.
@Tag("host")
@ExtendWith(LabExtension.class)
class RunTimeImageTest {
    @TempDir private Path folder;

    /// One that did not fit leaves an empty file behind, and a program that starts slower.
    @Test
    void thereIsACacheForEveryRoleAndNothingElse() throws IOException {
        Path caches = Path.of(Programs.remora()).toRealPath().resolveSibling("../aot").normalize();

        try (Stream<Path> files = Files.list(caches)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "admin.aot",
                            "command.aot",
                            "daemon.aot",
                            "demo.aot",
                            "health.aot",
                            "server.aot");
        }
    }

    /// A class that is not in the cache is read, checked and linked anew at each start; those that the JVM makes at run time never are.
    @ParameterizedTest
    @ValueSource(strings = {"users create alice", "preauthkeys list", "nodes list"})
    void aCommandOnAStateWithoutAServerFindsItsClassesInTheCache(String words) throws IOException {
        Path loaded = folder.resolve("loaded");
        String command = Programs.remora() + " server --state=" + folder.resolve("state");
        Map<String, String> logged = Map.of("REMORA_JAVA_OPTS", "-Xlog:class+load:file=" + loaded);

        Shell.run(List.of((command + " " + words).split(" ")), logged, "", Shell.PATIENCE)
                .orThrow();

        List<String> classes = Files.readAllLines(loaded);
        assertThat(classes).filteredOn(line -> line.contains("shared objects")).isNotEmpty();
        assertThat(classes).filteredOn(line -> line.contains("source: file:")).hasSizeLessThan(30);
    }

    /// The JVM's own defaults ask for more addresses than that.
    @ParameterizedTest
    @ValueSource(strings = {"version", "daemon --version", "relay --help"})
    void aProgramStartsWhereAddressesAreFew(String words) {
        String limited = "ulimit -v 800000; exec " + Programs.remora() + " " + words;

        Shell.run("sh", "-c", limited).orThrow();
    }

    /// All classes of a cache are in memory from the start, whether they are used or not.
    @Test
    void aServerFindsItsClassesInACacheWithoutThoseOfANode(Lab lab) throws IOException {
        Path loaded = folder.resolve("loaded");
        String command =
                "env REMORA_JAVA_OPTS=-Xlog:class+load:file="
                        + loaded
                        + " "
                        + Programs.remora()
                        + " server --listen=127.0.0.1:0 --url=https://127.0.0.1:9 --tls=self --stun=off --state="
                        + folder.resolve("state");

        try (LabProcess server = lab.start("server", List.of(command.split(" ")))) {
            server.awaitReady(
                    Shell.PATIENCE, "it listens", () -> server.log().contains("listening on"));
        }

        List<String> classes = Files.readAllLines(loaded);
        assertThat(classes).filteredOn(line -> line.contains("source: file:")).hasSizeLessThan(30);
        assertThat(classes).noneMatch(line -> line.contains(" dev.remora.engine.path."));
    }
}
