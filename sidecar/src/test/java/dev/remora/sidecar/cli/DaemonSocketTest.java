package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonSocketTest {
    @TempDir Path temp;

    @Test
    void isTheFirstPlaceWhereThereIsSomething() throws Exception {
        Path containers = temp.resolve("containers.sock");
        Path usual = temp.resolve("usual.sock");
        List<Path> places = List.of(containers, usual);
        assertThat(DaemonSocket.among(places)).isEqualTo(containers);

        Files.createFile(usual);
        assertThat(DaemonSocket.among(places)).isEqualTo(usual);

        Files.createFile(containers);
        assertThat(DaemonSocket.among(places)).isEqualTo(containers);
    }
}
