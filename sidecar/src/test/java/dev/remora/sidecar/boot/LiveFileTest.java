package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveFileTest {
    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("remora.yaml");
    }

    private void write(String yaml) throws IOException {
        Files.writeString(file(), yaml);
    }

    private LiveFile open() throws InvalidSettingsException {
        return LiveFile.open(Environment.of(Map.of(ConfigFile.VARIABLE, file().toString())));
    }

    @Test
    void tellsWhatHasChangedOnceItHasSettled() throws Exception {
        write("hostname: a\ndrain: 1s\n");
        LiveFile live = open();
        assertThat(live.look()).isEmpty();

        write("hostname: b\ndrain: 1s\n");

        assertThat(live.look()).isEmpty();
        LiveFile.Change change = live.look().orElseThrow();
        assertThat(change.changed()).containsExactly(Setting.HOSTNAME);
        assertThat(change.settings().login().hostname()).isEqualTo("b");
        assertThat(live.look()).isEmpty();
    }

    @Test
    void keepsWhatItHasWhileTheFileIsWrongGoneOrEmpty() throws Exception {
        write("hostname: a\n");
        LiveFile live = open();

        for (String wrong :
                new String[] {
                    "hostnam: b\n", "hostname: \"b", "", "auth: {key: k, client_id: c}\n"
                }) {
            write(wrong);
            assertThat(live.look()).isEmpty();
            assertThat(live.look()).isEmpty();
        }
        Files.delete(file());
        assertThat(live.look()).isEmpty();
        assertThat(live.look()).isEmpty();
        assertThat(live.sources().read().login().hostname()).isEqualTo("a");

        write("hostname: c\n");
        live.look();
        assertThat(live.look()).map(each -> each.settings().login().hostname()).contains("c");
    }

    @Test
    void whatNeedsARestartStaysAsItWas() throws Exception {
        write("state: /a\n");
        LiveFile live = open();

        write("state: /b\n");
        live.look();

        assertThat(live.look()).isEmpty();
        assertThat(live.sources().read().daemon().stateDirectory()).contains(Path.of("/a"));
    }

    @Test
    void theUsualFileMayComeLater() throws Exception {
        LiveFile live =
                LiveFile.open(Environment.of(Map.of("TS_TEST_ONLY_ROOT", folder.toString())));
        assertThat(live.look()).isEmpty();

        Path usual = folder.resolve("etc/remora/remora.yaml");
        Files.createDirectories(usual.getParent());
        Files.writeString(usual, "hostname: late\n");
        live.look();

        Optional<LiveFile.Change> change = live.look();
        assertThat(change).map(each -> each.settings().login().hostname()).contains("late");
    }

    @Test
    void theUsualFileIsNamedToWhoeverAsksWhatIsReadLater() throws Exception {
        Path usual = folder.resolve("etc/remora/remora.yaml");
        Files.createDirectories(usual.getParent());
        Files.writeString(usual, "hostname: a\n");

        LiveFile live =
                LiveFile.open(Environment.of(Map.of("TS_TEST_ONLY_ROOT", folder.toString())));

        assertThat(live.sources().merged().text(ConfigFile.VARIABLE)).isEqualTo(usual.toString());
    }

    @Test
    void aFileThatWasAskedForHasToBeThere() {
        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessage(file() + " is not there");
    }

    @Test
    void aDirectoryInItsPlaceIsNamedAsOne() throws IOException {
        Files.createDirectory(file());

        assertThatThrownBy(this::open).hasMessageContaining("is a directory");
    }
}
