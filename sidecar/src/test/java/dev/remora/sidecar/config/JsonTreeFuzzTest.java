package dev.remora.sidecar.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.base.MalformedException;

class JsonTreeFuzzTest {
    /// Whatever comes in is read or refused, and what was read can be written and read again.
    @FuzzTest(maxDuration = "10s")
    void anyBytesAreReadOrRefused(byte[] bytes) throws MalformedException {
        Object tree;
        try {
            tree = JsonTree.readValue(bytes);
        } catch (MalformedException e) {
            return;
        }
        String written = JsonTree.compact(tree);
        assertThat(JsonTree.compact(JsonTree.readValue(written.getBytes(UTF_8))))
                .isEqualTo(written);
    }
}
