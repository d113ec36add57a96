package dev.remora.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTroubleTest {
    @TempDir private Path temp;

    private static String of(ThrowingCallable action) {
        return FileTrouble.sentence(Assertions.catchThrowableOfType(IOException.class, action));
    }

    @Test
    void saysWhatTheNameOfTheFileAloneDoesNot() throws Exception {
        Path missing = temp.resolve("missing");
        Path file = Files.createFile(temp.resolve("file"));

        assertThat(of(() -> Files.readString(missing))).isEqualTo(missing + " does not exist");
        assertThat(of(() -> Files.createDirectories(file))).isEqualTo(file + " is no directory");
        assertThat(of(() -> Files.createDirectories(file.resolve("below"))))
                .isEqualTo(file.resolve("below") + ": Not a directory");
        assertThat(FileTrouble.sentence(new IOException("the disk is full")))
                .isEqualTo("the disk is full");
    }
}
