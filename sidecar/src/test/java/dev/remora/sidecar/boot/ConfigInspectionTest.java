package dev.remora.sidecar.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.cli.ConfigCommand.Inspection.Outcome;
import dev.remora.sidecar.config.JsonTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigInspectionTest {
    private static final Path DOCS = Path.of("../docs");

    @TempDir private Path folder;

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("remora.yaml"), yaml);
    }

    private static ConfigInspection inspection(String... namesAndValues) {
        return new ConfigInspection(
                Arrays.stream(namesAndValues)
                        .map(each -> each.split("=", 2))
                        .collect(Collectors.toMap(each -> each[0], each -> each[1])));
    }

    @Test
    void saysThatAFileIsGood() throws IOException {
        Path file = write("hostname: web\n");

        assertThat(inspection().check(Optional.of(file)))
                .isEqualTo(Outcome.good(file + " and the environment are good\n"));
    }

    @Test
    void saysAllThatIsWrongWithAFile() throws IOException {
        Path file = write("hostnam: web\ndrain: soon\n");

        assertThat(inspection().check(Optional.of(file)).wrong())
                .containsExactly(
                        file + ":1:1: there is no key hostnam; did you mean hostname?",
                        file + ":2:8: drain is a span of time, like 5s, 90s or 2m");
    }

    @Test
    void alsoChecksWhatTheEnvironmentAddsAndFindsTheFileByIt() throws IOException {
        Path file = write("serve: {80: 5000}\n");

        Outcome outcome =
                inspection("REMORA_CONFIG=" + file, "TS_BOOT_TIMEOUT=soon").check(Optional.empty());

        assertThat(outcome.wrong())
                .containsExactly(
                        "TS_BOOT_TIMEOUT \"soon\" is no span of time; write one like 90s or 2m");
    }

    @Test
    void doesWithoutAFile() {
        Outcome outcome = inspection("TS_TEST_ONLY_ROOT=" + folder).check(Optional.empty());

        assertThat(outcome.wrong()).isEmpty();
        assertThat(outcome.text())
                .isEqualTo(
                        "there is no "
                                + folder.resolve("etc/remora/remora.yaml")
                                + "; the environment is good\n");
    }

    @Test
    void explainsWhereEachSettingComesFrom() throws IOException {
        Path file = write("hostname: web\ndrain: 9s\nauth: {key: tskey-1}\n");

        Outcome outcome = inspection("TS_HOSTNAME=env").explain(Optional.of(file), false);

        assertThat(outcome.text().lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "auth.key (secret) " + file + ":3:13",
                        "hostname env TS_HOSTNAME, not "
                                + file
                                + ":1:11: the environment goes first",
                        "drain 9s " + file + ":2:8",
                        "expose declared default",
                        "tags - default");
        assertThat(outcome.text()).doesNotContain("tskey-1");
    }

    @Test
    void explainsWhatWordsForUpSayAndHidesTheKeysAmongThem() throws IOException {
        Path file = write("tags: [tag:a]\n");

        Outcome outcome =
                inspection(
                                "TS_EXTRA_ARGS=--advertise-tags=tag:z --accept-dns --login-server https://h --client-secret=tskey-1",
                                "TS_ACCEPT_DNS=false",
                                "TS_AUTH_KEY=tskey-2",
                                "TS_USERSPACE=yes")
                        .explain(Optional.of(file), false);

        assertThat(outcome.text().lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "auth.key (secret) TS_AUTH_KEY",
                        "tags tag:z TS_EXTRA_ARGS, not "
                                + file
                                + ":1:7: the environment goes first",
                        "accept_dns true TS_EXTRA_ARGS",
                        "control.url https://h TS_EXTRA_ARGS",
                        "userspace true TS_USERSPACE");
        assertThat(outcome.text()).doesNotContain("tskey-");
    }

    @Test
    void aCheckAlsoSaysWhatIsHardlyMeant() {
        assertThat(
                        inspection("TS_TEST_ONLY_ROOT=" + folder, "TS_AUTH_ONCE=on")
                                .check(Optional.empty())
                                .text())
                .contains("\nnote: TS_AUTH_ONCE is neither true nor false");
    }

    @Test
    void explainsToPrograms() throws Exception {
        Path file = write("auth: {key: tskey-1}\nhostname: web\n");

        String json = inspection().explain(Optional.of(file), true).text();

        List<?> settings = (List<?>) JsonTree.read(json.getBytes(UTF_8)).get("settings");
        assertThat(settings).hasSameSizeAs(Setting.values());
        assertThat(json).doesNotContain("tskey-1");
        assertThat(settings.get(Setting.HOSTNAME.ordinal()))
                .isEqualTo(
                        Map.of(
                                "key",
                                "hostname",
                                "variable",
                                "TS_HOSTNAME",
                                "value",
                                "web",
                                "source",
                                "file",
                                "file",
                                file.toString(),
                                "line",
                                2L,
                                "column",
                                11L));
    }

    @Test
    void thePathOfASecretIsShown() throws IOException {
        Path file = write("auth: {key: \"file:/run/key\"}\n");

        assertThat(inspection().explain(Optional.of(file), false).text()).contains("file:/run/key");
    }

    @Test
    void explainsAlsoWhatMakesNoSenseTogether() throws IOException {
        Path file = write("auth: {key: k, client_id: c}\n");

        Outcome outcome = inspection().explain(Optional.of(file), false);

        assertThat(outcome.text()).contains("auth.client_id");
        assertThat(outcome.wrong()).hasSize(1);
    }

    /// `remora config schema >docs/remora.schema.json` mends it.
    @Test
    void thePublishedSchemaIsThatOfTheTable() throws IOException {
        assertThat(DOCS.resolve("remora.schema.json")).hasContent(inspection().schema());
    }

    @Test
    void theExampleOfTheDocumentationIsGood() throws IOException {
        String docs = Files.readString(DOCS.resolve("configuration.md"));
        int from = docs.indexOf("```yaml\n") + "```yaml\n".length();
        Path file = write(docs.substring(from, docs.indexOf("```\n", from)));

        assertThat(inspection().check(Optional.of(file)).wrong()).isEmpty();
    }

    @Test
    void theDocumentationHasEveryKeyWithItsVariableAndDefault() throws IOException {
        List<String> rows =
                Arrays.stream(Setting.values())
                        .map(each ->
                                "| `%s` | `%s` | %s | %s | %s | %s |"
                                        .formatted(
                                                each.key(),
                                                each.variable(),
                                                each.kind().words(),
                                                each.otherwise().isEmpty()
                                                        ? ""
                                                        : "`" + each.otherwise() + "`",
                                                each.isLive() ? "at once" : "",
                                                each.description()))
                        .toList();

        assertThat(Files.readAllLines(DOCS.resolve("configuration.md"))).containsAll(rows);
    }
}
