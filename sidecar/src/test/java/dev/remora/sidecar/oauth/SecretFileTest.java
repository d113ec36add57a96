package dev.remora.sidecar.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretFileTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"key", "key\n", " key\r\n\r\n", "\ufeffkey\n", "\ufeff key"})
    void hasTheKeyWhateverEditorWroteIt(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("key"), text);
        assertThat(SecretFile.read(file.toString())).isEqualTo("key");
    }

    @Test
    void whatIsNoKeysFileIsNotRead() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        Path large = Files.write(folder.resolve("large"), new byte[(64 << 10) + 1]);

        refuses(pipe.toString(), "it is no ordinary file");
        refuses("/dev/zero", "it is no ordinary file");
        refuses(folder.toString(), "it is a directory");
        refuses(folder.resolve("none").toString(), "no such file or directory");
        refuses(large.toString(), "it is too large");
        refuses("a\0b", "this is no path");
    }

    private static void refuses(String path, String why) {
        assertThatThrownBy(() -> SecretFile.read(path))
                .isInstanceOf(IOException.class)
                .hasMessage(why);
    }
}
