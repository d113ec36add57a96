package dev.remora.sidecar.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files as Linux writes them: Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst.
class MemoryLimitTest {
    private static final String V1 =
            """
            11:pids:/docker/0f
            7:cpu,cpuacct:/docker/0f
            5:memory:/docker/0f
            1:name=systemd:/docker/0f
            0::/docker/0f
            """;

    @TempDir private Path root;

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private MemoryLimit limit() {
        return new MemoryLimit(root);
    }

    @Test
    void isWhatVersionTwoSays() throws IOException {
        write("proc/self/cgroup", "0::/\n");
        write("sys/fs/cgroup/memory.max", "134217728\n");

        assertThat(limit().bytes()).hasValue(134_217_728);
    }

    @Test
    void isTheSmallestOfTheGroupsAround() throws IOException {
        write("proc/self/cgroup", "0::/kubepods/pod1/c1\n");
        write("sys/fs/cgroup/kubepods/pod1/c1/memory.max", "max\n");
        write("sys/fs/cgroup/kubepods/pod1/memory.max", "67108864\n");
        write("sys/fs/cgroup/kubepods/memory.max", "8589934592\n");

        assertThat(limit().bytes()).hasValue(67_108_864);
    }

    @Test
    void isWhatVersionOneSays() throws IOException {
        write("proc/self/cgroup", V1);
        write("sys/fs/cgroup/memory/docker/0f/memory.limit_in_bytes", "268435456\n");

        assertThat(limit().bytes()).hasValue(268_435_456);
    }

    @Test
    void isThatOfTheRootWhereTheContainerSeesItsGroupThere() throws IOException {
        write("proc/self/cgroup", V1);
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "268435456\n");

        assertThat(limit().bytes()).hasValue(268_435_456);
    }

    @Test
    void isNoneWhereNobodySetsOne() throws IOException {
        write("proc/self/cgroup", V1);
        write("sys/fs/cgroup/memory/docker/0f/memory.limit_in_bytes", "9223372036854771712\n");
        write("sys/fs/cgroup/unified/docker/0f/memory.max", "max\n");

        assertThat(limit().bytes()).isEmpty();
    }

    @Test
    void isNoneWhereNothingCanBeRead() throws IOException {
        assertThat(limit().bytes()).isEmpty();
        write("proc/self/cgroup", "5:memory\n\n:::::\n3:memory:/../../..\n0::/no/such\n");
        assertThat(limit().bytes()).isEmpty();
    }
}
