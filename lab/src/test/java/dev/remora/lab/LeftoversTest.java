package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.LabProcess;
import dev.remora.lab.run.Shell;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A lab leaves nothing behind, whether it was closed or its JVM was killed.
@Tag("host")
@ExtendWith(LabExtension.class)
class LeftoversTest {
    @Test
    void nothingIsLeftOfALabThatWasClosed() {
        Lab lab = Lab.create();
        Host host = lab.host("idler");
        LabProcess idler = host.start("sleep", Map.of(), List.of("sleep", "600"));
        Path folder = lab.folder();
        assertThat(namespaces()).contains(idOf(folder));
        lab.close();
        assertThat(idler.isAlive()).isFalse();
        assertNothingLeft(folder);
    }

    @Test
    void theNextLabClearsAwayWhatACrashedOneLeft() throws Exception {
        Process crashing =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                CrashingLabMain.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        Path folder = Path.of(firstLine(crashing));
        long idler = Long.parseLong(firstLine(crashing));
        crashing.destroyForcibly().waitFor();
        assertThat(namespaces()).contains(idOf(folder));
        assertThat(ProcessHandle.of(idler)).isPresent();

        Lab.create().close();

        Await.until(
                "the orphan to end",
                Duration.ofSeconds(10),
                () -> ProcessHandle.of(idler).filter(ProcessHandle::isAlive).isEmpty());
        assertNothingLeft(folder);
    }

    private static String firstLine(Process process) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int read; (read = process.getInputStream().read()) != '\n' && read >= 0; ) {
            line.append((char) read);
        }
        return line.toString();
    }

    private static void assertNothingLeft(Path folder) {
        assertThat(namespaces()).doesNotContain(idOf(folder));
        assertThat(folder).doesNotExist();
        assertThat(Path.of("/etc/netns")).isDirectoryNotContaining("glob:**/" + idOf(folder) + "*");
    }

    private static String idOf(Path folder) {
        return String.valueOf(folder.getFileName());
    }

    private static String namespaces() {
        return Shell.run("ip", "netns", "list").stdout();
    }
}
