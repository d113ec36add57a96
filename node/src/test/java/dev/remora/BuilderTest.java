package dev.remora;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a node cannot be made of is said before it is made.
class BuilderTest {
    private final RemoraNode.Builder builder = RemoraNode.builder();

    @Test
    void numbersThatMakeNoSenseAreRefused() {
        for (int port : new int[] {-1, 65_536}) {
            assertThatThrownBy(() -> builder.udpPort(port))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("port out of range: " + port);
        }
        for (long bytes : new long[] {-1, 0, 1000}) {
            assertThatThrownBy(() -> builder.memory(bytes))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("too little memory");
        }
    }

    /// Nobody could be believed then.
    @Test
    void aFileWithoutAuthoritiesIsNamed(@TempDir Path temp) throws Exception {
        Path rubbish = Files.writeString(temp.resolve("rubbish.pem"), "rubbish");
        for (Path file : new Path[] {rubbish, temp.resolve("missing.pem")}) {
            assertThatThrownBy(() -> builder.authorities(file).build())
                    .isInstanceOf(IOException.class)
                    .hasMessage("no certificate authority can be read from the file " + file);
        }
    }
}
