package dev.remora.sidecar.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class SinglePagesTest {
    @Test
    void onlyTheProgramsOwnFilesAreMeant() {
        List<String> mappings =
                List.of(
                        "7f0000001000-7f0000003000 r-xp 00000000 08:01 11 /opt/remora/runtime/lib/server/libjvm.so",
                        "800000000-800001000 rw-p 00002000 00:5b 12          /opt/remora/aot/daemon.aot",
                        "7f0000010000-7f0000014000 r--s 00000000 08:01 13   /opt/remora/runtime/lib/modules",
                        "7f0000020000-7f0000021000 r--p 00000000 08:01 14   /usr/lib/libssl.so.3",
                        "7f0000030000-7f0000031000 rw-s 00000000 08:01 15   /state/server.db-shm",
                        "7f0000040000-7f0000041000 rw-p 00000000 00:00 0    [heap]",
                        "7f0000050000-7f0000051000 rw-p 00000000 00:00 0 ");

        assertThat(SinglePages.program(mappings))
                .extracting(SinglePages.Range::length)
                .containsExactly(0x2000L, 0x1000L, 0x4000L, 0x1000L);
    }

    /// The system says so by `rr` among the flags of a mapping, proc(5).
    @Test
    @EnabledOnOs(OS.LINUX)
    void theSystemIsAskedForTheJvmsCode() throws IOException {
        SinglePages.ask();

        assertThat(flags("/libjvm.so")).contains(" rr ");
    }

    private static String flags(String file) throws IOException {
        boolean isOfFile = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.contains(" r-xp ")) {
                isOfFile = line.endsWith(file);
            } else if (isOfFile && line.startsWith("VmFlags:")) {
                return line + " ";
            }
        }
        return "";
    }
}
