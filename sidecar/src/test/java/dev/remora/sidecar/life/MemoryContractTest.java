package dev.remora.sidecar.life;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.node.Capacity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MemoryContractTest {
    private static final long MIB = 1 << 20;

    private static MemoryContract of(long limit) {
        return MemoryContract.of(
                OptionalLong.of(limit * MIB), limit < 100 ? limit * MIB / 5 : limit * MIB / 4);
    }

    @Test
    void whoHasMoreTakesOnMore() {
        assertThat(of(64).capacity().bufferBytes()).isEqualTo(4 * MIB);
        assertThat(of(128).capacity().bufferBytes()).isEqualTo(17 * MIB);
        assertThat(of(256).capacity().bufferBytes()).isEqualTo(64 * MIB);
        assertThat(of(64).capacity().connections()).isEqualTo(358);
        assertThat(of(128).capacity().connections()).isEqualTo(2_901);
        assertThat(of(256).capacity().connections()).isEqualTo(7_753);
    }

    @Test
    void withoutALimitOnlyTheHeapBoundsConnections() {
        MemoryContract contract = MemoryContract.of(OptionalLong.empty(), 128 * MIB);

        assertThat(contract.capacity().bufferBytes()).isEqualTo(Capacity.DEFAULT.bufferBytes());
        assertThat(contract.capacity().connections()).isEqualTo(17_115);
    }

    @Test
    void aSmallLimitMeansASmallHeap() {
        assertThat(MemoryContract.flags(OptionalLong.empty())).isEmpty();
        assertThat(MemoryContract.flags(OptionalLong.of(512 * MIB))).isEmpty();
        assertThat(MemoryContract.flags(OptionalLong.of(256 * MIB))).containsExactly("-Xmx64m");
        assertThat(MemoryContract.flags(OptionalLong.of(64 * MIB)))
                .contains("-Xmx12m", "-XX:TieredStopAtLevel=1");
        assertThat(MemoryContract.flags(OptionalLong.of(96 * MIB))).contains("-Xmx19m");
        assertThat(MemoryContract.flags(OptionalLong.of(1))).contains("-Xmx12m");
    }

    /// A flag that the JVM does not know would end every small container at its start.
    @Test
    void theJvmTakesTheFlagsOfASmallHeap() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                Files.readAllLines(Path.of("src/main/image/daemon.flags")).stream()
                        .filter(line -> line.contains("Unlock"))
                        .flatMap(line -> Stream.of(line.split(" ")))
                        .toList());
        command.addAll(MemoryContract.flags(OptionalLong.of(64 * MIB)));
        command.add("-version");

        Process java = new ProcessBuilder(command).redirectErrorStream(true).start();

        String said = new String(java.getInputStream().readAllBytes(), UTF_8);
        assertThat(java.waitFor()).as(said).isZero();
    }

    @Test
    void isSaidInOneSentence() {
        assertThat(of(128).sentence())
                .isEqualTo(
                        "Memory: the limit is 128 MiB; at most 32 MiB heap, 17 MiB for the bytes of streams, 2901 connections");
        assertThat(of(64).sentence())
                .endsWith("With less than 96 MiB the kernel may end this program under load");
        assertThat(MemoryContract.of(OptionalLong.empty(), 128 * MIB).sentence())
                .startsWith("Memory: there is no limit; at most 128 MiB heap");
    }
}
