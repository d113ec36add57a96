package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigDirectoryTest {
    private static final String GOOD = "{\"Version\":\"alpha0\"}";

    @TempDir Path directory;
    private final List<String> wrong = new ArrayList<>();

    private Optional<Path> file(String... namesAndValues) {
        Map<String, String> variables = new HashMap<>();
        variables.put(ConfigDirectory.VARIABLE, directory.toString());
        for (int i = 0; i < namesAndValues.length; i += 2) {
            variables.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new ConfigDirectory(Environment.of(variables), wrong).file();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    @Test
    void theNewestThatIsNotBeyondUsCounts() throws Exception {
        write("tailscaled", "nonsense");
        write("cap-9.hujson", "nonsense");
        Path newest = write("cap-142.hujson", GOOD);
        write("cap-143.hujson", "nonsense");
        write("cap-x.hujson", "nonsense");
        Files.createDirectory(directory.resolve("cap-141.hujson"));

        assertThat(file()).contains(newest);
        assertThat(wrong).isEmpty();
    }

    @Test
    void theNameOfOldWillDoAndSoDoesALinkOfKubernetes() throws Exception {
        Path data = Files.createDirectory(directory.resolve("..1"));
        Files.writeString(data.resolve("tailscaled"), GOOD);
        Files.createSymbolicLink(directory.resolve("..data"), Path.of("..1"));
        Path link =
                Files.createSymbolicLink(
                        directory.resolve("tailscaled"), Path.of("..data/tailscaled"));

        assertThat(file()).contains(link);
    }

    @Test
    void whereNoneWouldDoItSaysSo() throws Exception {
        assertThat(file()).isEmpty();
        assertThat(wrong.getLast()).contains("there is no file cap-N.hujson", "at most 142");

        write("cap-1.hujson", "{\"Version\":\"alpha0\",\"AuthKey\":\"tskey-s\",\"Foo\":1}");
        assertThat(file()).isEmpty();
        assertThat(wrong.getLast()).contains("unknown field \"Foo\"").doesNotContain("tskey-s");
    }

    @Test
    void whatTheFileSaysNoVariableMaySayBesideIt() throws Exception {
        write("cap-1.hujson", GOOD);
        assertThat(file("TS_HOSTNAME", "", "TS_AUTHKEY", "")).isPresent();
        assertThat(wrong).isEmpty();

        file("TS_TAGS", "tag:a", "TS_ROUTES", "");
        assertThat(wrong)
                .containsExactly(
                        ConfigDirectory.VARIABLE + " cannot be combined with TS_TAGS, TS_ROUTES");
    }
}
