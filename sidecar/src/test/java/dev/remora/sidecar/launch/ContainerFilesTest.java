package dev.remora.sidecar.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A container that is built from the sources gets those of all modules that the program is made of.
class ContainerFilesTest {
    private static final Path ROOT = Path.of("..");

    @ParameterizedTest
    @ValueSource(strings = {"node", "server", "sidecar"})
    void theBuildInAContainerHasTheSourcesOf(String module) throws Exception {
        String sources = module + "/src/main";

        assertThat(Files.readAllLines(ROOT.resolve("Dockerfile")))
                .contains("COPY " + sources + " " + sources);
        assertThat(Files.readAllLines(ROOT.resolve(".dockerignore"))).contains("!" + sources);
    }
}
