package dev.remora.sidecar.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ColdPagesTest {
    @Test
    @EnabledOnOs(OS.LINUX)
    void theJvmsCodeLeavesTheMemoryAndWorksOn() throws IOException {
        List<ReadOnlyMapping> own = ColdPages.ownMappings();
        long before = resident("/libjvm.so");

        own.forEach(ColdPages::giveBack);

        assertThat(resident("/libjvm.so")).isLessThan(before);
        assertThat(ColdPages.ownMappings()).hasSameElementsAs(own);
    }

    /// In KiB.
    private static long resident(String file) throws IOException {
        boolean isOfFile = false;
        long sum = 0;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.contains(" r-xp ")) {
                isOfFile = line.endsWith(file);
            } else if (isOfFile && line.startsWith("Rss:")) {
                sum += Long.parseLong(line.replaceAll("\\D", ""));
                isOfFile = false;
            }
        }
        return sum;
    }
}
