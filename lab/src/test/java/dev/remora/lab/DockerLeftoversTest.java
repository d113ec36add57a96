package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.docker.DockerEngine;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A lab leaves nothing behind on the engine either.
@UsesDocker
class DockerLeftoversTest {
    @Test
    void theNextLabThatUsesTheEngineClearsAwayWhatACrashedOneLeft() throws Exception {
        Process crashing =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                CrashingDockerLabMain.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String project = firstLine(crashing);
        assertThat(project).endsWith("-idle");
        crashing.destroyForcibly().waitFor();

        try (Lab lab = Lab.create()) {
            assertThat(everythingOn(lab.docker())).doesNotContain(project);
        }
    }

    private static String firstLine(Process process) throws IOException {
        try (BufferedReader lines = process.inputReader()) {
            return String.valueOf(lines.readLine());
        }
    }

    private static String everythingOn(DockerEngine engine) {
        return Stream.of("ps -a --format {{.Names}}", "network ls", "volume ls")
                .map(words -> engine.docker(words.split(" ")).orThrow().stdout())
                .collect(Collectors.joining());
    }
}
