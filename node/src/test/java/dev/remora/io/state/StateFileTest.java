package dev.remora.io.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFileTest {
    @TempDir Path temp;

    @Test
    void keepsValuesOverARestart() throws Exception {
        Path directory = temp.resolve("a/b");
        try (StateFile state = StateFile.open(directory)) {
            state.write("_machinekey", "privkey:00".getBytes(UTF_8));
            state.write("gone", "x".getBytes(UTF_8));
            state.write("gone", new byte[0]);
        }
        try (StateFile state = StateFile.open(directory)) {
            assertThat(state.read("_machinekey")).hasValue("privkey:00".getBytes(UTF_8));
            assertThat(state.read("gone")).isEmpty();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        Path file = directory.resolve(StateFile.FILE_NAME);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void readsWhatTailscaledWrote() throws Exception {
        Files.writeString(
                temp.resolve(StateFile.FILE_NAME),
                "{\n  \"_current-profile\": \"cHJvZmlsZS0xYTJi\"\n}");
        try (StateFile state = StateFile.open(temp)) {
            assertThat(state.read("_current-profile")).hasValue("profile-1a2b".getBytes(UTF_8));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"_machinekey\": \"cHJ",
                "[1,2]",
                "hello",
                "{\"a\": 5}",
                "{\"a\": \"no base64!\"}",
                "null",
                "\u0000\u0001"
            })
    void aDamagedFileIsKeptAndNamedAndNeverReplaced(String content) throws Exception {
        Path file = Files.writeString(temp.resolve(StateFile.FILE_NAME), content);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> StateFile.open(temp))
                    .isInstanceOf(StateException.class)
                    .hasMessageContaining(file + " is damaged")
                    .hasMessageContaining("tailscaled.state.damaged-1");
        }
        assertThat(file).hasContent(content);
        assertThat(temp.resolve("tailscaled.state.damaged-1")).hasContent(content);
        assertThat(temp.resolve("tailscaled.state.damaged-2")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "file/sub", "file/sub/sub"})
    void aFileOnTheWayToTheDirectoryIsNamed(String directory) throws Exception {
        Path file = Files.writeString(temp.resolve("file"), "x");
        assertThatThrownBy(() -> StateFile.open(temp.resolve(directory)))
                .isInstanceOf(StateException.class)
                .hasMessage(
                        "cannot write to the state directory "
                                + temp.resolve(directory)
                                + ": "
                                + file
                                + " is no directory; choose another one");
    }

    @Test
    void aSecondDaemonIsRefused() throws Exception {
        try (StateFile first = StateFile.open(temp)) {
            first.write("k", new byte[] {1});
            assertThatThrownBy(() -> StateFile.open(temp))
                    .isInstanceOf(StateException.class)
                    .hasMessageContaining(
                            "another daemon already uses the state directory " + temp);
        }
        StateFile.open(temp).close();
    }

    @Test
    void whatCouldNotBeWrittenIsWrittenWithTheNextSuccess() throws Exception {
        try (StateFile state = StateFile.open(temp)) {
            Path blocker = Files.createDirectories(temp.resolve(StateFile.FILE_NAME + ".new/x"));
            assertThatThrownBy(() -> state.write("a", new byte[] {1}))
                    .isInstanceOf(StateException.class)
                    .hasMessageContaining("cannot write the state file");
            assertThat(state.read("a")).hasValue(new byte[] {1});
            Files.delete(blocker);
            state.write("b", new byte[] {2});
        }
        try (StateFile state = StateFile.open(temp)) {
            assertThat(state.read("a")).hasValue(new byte[] {1});
            assertThat(state.read("b")).hasValue(new byte[] {2});
        }
    }

    /// A process of its own writes as fast as it can and is killed at a moment nobody chose.
    @Test
    void survivesKillAtAnyMoment() throws Exception {
        int before = 0;
        for (int round = 0; round < 5; round++) {
            Process writer =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    Writer.class.getName(),
                                    temp.toString())
                            .redirectErrorStream(true)
                            .start();
            for (int line = 0; line < 3 + 7 * round; line++) {
                assertThat(writer.inputReader().readLine()).isEqualTo("written");
            }
            writer.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            try (StateFile state = StateFile.open(temp)) {
                byte[] counter = state.read("counter").orElseThrow();
                int value = Integer.parseInt(new String(counter, UTF_8).strip());
                assertThat(value).isGreaterThan(before);
                before = value;
            }
        }
    }

    static final class Writer {
        public static void main(String[] args) throws IOException {
            StateFile state = StateFile.open(Path.of(args[0]));
            int start =
                    state.read("counter")
                            .map(v -> Integer.parseInt(new String(v, UTF_8).strip()))
                            .orElse(0);
            for (int i = start + 1; ; i++) {
                state.write("counter", (i + " ".repeat(i % 5000)).getBytes(UTF_8));
                System.out.println("written");
            }
        }
    }
}
