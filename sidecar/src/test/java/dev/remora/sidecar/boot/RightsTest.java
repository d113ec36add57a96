package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RightsTest {
    /// Nobody's number here.
    private static final int USER = 65532;

    @TempDir private Path folder;

    private Path file(String name, String permissions) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "secret");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void areKeptForAFileThatOnlyRootMayRead() throws IOException {
        Path open = file("serve.json", "rw-r--r--");
        Path secret = file("key", "rw-------");

        assertThat(Rights.rootsOwn(List.of(open.toString(), "file:" + secret, "tag:a"), USER))
                .contains(secret);
        assertThat(Rights.rootsOwn(List.of(open.toString(), folder.toString(), "/nowhere"), USER))
                .isEmpty();
    }

    @Test
    void areReducedToAUserByNumber() {
        assertThat(user("65532")).hasValue(USER);
        assertThat(user("nonroot")).isEmpty();
        assertThat(user("-1")).isEmpty();
        assertThat(Rights.user(Environment.of(Map.of()))).hasValue(0);
    }

    private static OptionalInt user(String text) {
        return Rights.user(Environment.of(Map.of(Rights.VARIABLE, text)));
    }
}
