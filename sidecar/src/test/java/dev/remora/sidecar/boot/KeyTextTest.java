package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyTextTest {
    @TempDir private Path folder;

    private static String digest(String key) throws InvalidSettingsException {
        return KeyText.digest(
                SettingsReader.read(Environment.of(Map.of("TS_AUTHKEY", key))).login());
    }

    @Test
    void tellsAnotherKeyWithoutShowingIt() throws Exception {
        assertThat(digest("tskey-1")).isEqualTo(digest("tskey-1")).isNotEqualTo(digest("tskey-2"));
        assertThat(digest("tskey-1")).doesNotContain("tskey-1");
    }

    @Test
    void looksIntoTheFileOfAKey() throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "tskey-1\n");
        String before = digest("file:" + file);

        Files.writeString(file, "tskey-2\n");

        assertThat(before).isEqualTo(digest("tskey-1"));
        assertThat(digest("file:" + file)).isEqualTo(digest("tskey-2"));
    }
}
