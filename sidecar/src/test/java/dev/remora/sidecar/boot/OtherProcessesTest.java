package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherProcessesTest {
    private static final Instant START = Instant.parse("2026-11-23T14:00:00Z");

    @TempDir Path proc;
    private OtherProcesses others;

    @BeforeEach
    void begin() throws IOException {
        others = new OtherProcesses(proc);
        process("self", "0::/");
        process("1", "0::/../pause");
        process("17", "0::/");
        Files.createDirectory(proc.resolve("sys"));
    }

    private Path process(String id, String group) throws IOException {
        return Files.writeString(
                Files.createDirectories(proc.resolve(id)).resolve("cgroup"), group + "\n");
    }

    @Test
    void endWhenTheyWereThereAndHaveBeenAwayForAWhile() throws IOException {
        Path app = process("23", "0::/../app");
        others.look(START);
        assertThat(others.areGone(START.plusSeconds(60))).isFalse();

        Files.delete(app);
        others.look(START.plusSeconds(60));
        assertThat(others.areGone(START.plusSeconds(69))).isFalse();
        assertThat(others.areGone(START.plusSeconds(70))).isTrue();
    }

    @Test
    void areBackWhenTheAppIsRestarted() throws IOException {
        Path app = process("23", "0::/../app");
        others.look(START);
        Files.delete(app);
        others.look(START.plusSeconds(1));
        process("31", "0::/../app");
        others.look(START.plusSeconds(5));

        assertThat(others.areGone(START.plusSeconds(20))).isFalse();
    }

    @Test
    void areNotMissedWhereNoneWasEverSeen() {
        others.look(START);
        others.look(START.plusSeconds(60));

        assertThat(others.areGone(START.plusSeconds(120))).isFalse();
    }

    @Test
    void areNotGoneWhereNothingCanBeSeenAnyMore() throws IOException {
        process("23", "0::/../app");
        others.look(START);
        Files.delete(proc.resolve("self/cgroup"));
        others.look(START.plusSeconds(1));

        assertThat(others.areGone(START.plusSeconds(60))).isFalse();
    }
}
