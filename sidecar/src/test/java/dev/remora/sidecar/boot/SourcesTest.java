package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourcesTest {
    private static Sources sources(String yaml, String... namesAndValues) throws Exception {
        Map<String, String> variables = new HashMap<>();
        for (String each : namesAndValues) {
            int equals = each.indexOf('=');
            variables.put(each.substring(0, equals), each.substring(equals + 1));
        }
        return new Sources(Environment.of(variables), YamlSettings.read("f", yaml));
    }

    @Test
    void aFileMakesTheSameSettingsAsVariables() throws Exception {
        String yaml =
                """
                auth: {key: k, once: true, patience: 90s}
                control: {url: https://h.example}
                hostname: web
                tags: [tag:a, tag:b]
                routes: [10.0.0.0/8]
                serve: {80: 5000}
                expose: all
                drain: 7s
                state: /s
                socket: /x
                health: {enabled: true, address: 127.0.0.1:9003}
                log: {level: trace, format: json}
                """;
        BootSettings ofVariables =
                sources(
                                "",
                                "TS_AUTHKEY=k",
                                "TS_AUTH_ONCE=true",
                                "TS_BOOT_TIMEOUT=90s",
                                "TS_EXTRA_ARGS=--login-server=https://h.example",
                                "TS_HOSTNAME=web",
                                "TS_TAGS=tag:a,tag:b",
                                "TS_ROUTES=10.0.0.0/8",
                                "REMORA_SERVE=tcp:80=localhost:5000",
                                "REMORA_EXPOSE=all",
                                "REMORA_DRAIN=7s",
                                "TS_STATE_DIR=/s",
                                "TS_SOCKET=/x",
                                "TS_ENABLE_HEALTH_CHECK=true",
                                "TS_LOCAL_ADDR_PORT=127.0.0.1:9003",
                                "REMORA_LOG_LEVEL=trace",
                                "REMORA_LOG_FORMAT=json")
                        .read();

        assertThat(sources(yaml).read()).isEqualTo(ofVariables);
        assertThat(Words.ofDaemon(ofVariables.daemon())).contains("--verbose=2", "--expose=all");
    }

    @Test
    void theEnvironmentGoesFirst() throws Exception {
        BootSettings settings =
                sources(
                                "hostname: file\ndrain: 1s\nstate: /file\n",
                                "TS_HOSTNAME=env",
                                "TS_STATE_DIR=")
                        .read();

        assertThat(settings.login().hostname()).isEqualTo("env");
        assertThat(settings.publishing().drain()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.daemon().stateDirectory()).contains(Path.of("/file"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "auth: {key: f} | TS_AUTH_KEY=e | --authkey=e",
                "auth: {key: f} | TS_CLIENT_ID=e | --client-id=e",
                "auth: {client_secret: f} | TS_AUTHKEY=e | --authkey=e",
                "hostname: f | TS_EXTRA_ARGS=--hostname=e | --hostname=e",
                "control: {url: 'https://f'} | TS_EXTRA_ARGS=--login-server=https://e | --login-server=https://e",
                "tags: [f] | TS_EXTRA_ARGS=--advertise-tags=tag:e | --advertise-tags=tag:e",
                "routes: [10.0.0.0/8] | TS_ROUTES= | --advertise-routes=",
                "accept_dns: false | TS_EXTRA_ARGS=--accept-dns | --accept-dns=true",
            })
    void whatCannotStandBesideTheEnvironmentIsLeftToIt(String yaml, String variable, String word)
            throws Exception {
        String flag = word.substring(0, word.indexOf('=') + 1);

        assertThat(Words.ofUp(sources(yaml, variable).read()))
                .filteredOn(each -> each.startsWith(flag) || each.endsWith("=f"))
                .containsExactly(word);
    }

    @Test
    void namesTheFilesKeysInWhatIsWrongTogether() throws Exception {
        Sources sources = sources("auth:\n  key: k\n  client_id: c\n");

        InvalidSettingsException wrong =
                catchThrowableOfType(InvalidSettingsException.class, sources::read);

        assertThat(wrong.reasons())
                .containsExactly(
                        "auth.key (f:2:8) and auth.client_id (f:3:14) are both set; only one of them can be");
    }

    @Test
    void everySettingHasAKeyAndAVariableOfItsOwn() {
        assertThat(Setting.values()).extracting(Setting::key).doesNotHaveDuplicates();
        assertThat(Setting.values()).extracting(Setting::variable).doesNotHaveDuplicates();
    }

    @Test
    void everyVariableIsKnownByName() {
        Map<String, String> all = new HashMap<>();
        for (Setting setting : Setting.values()) {
            all.put(setting.variable(), "x");
        }
        all.put(ConfigFile.VARIABLE, "x");

        assertThat(VariableNames.unknown(Environment.of(all))).isEmpty();
    }

    @Test
    void takesOverOnlyWhatMayChangeAtRunTime() throws Exception {
        Sources before = sources("hostname: a\nstate: /a\n");
        Sources whole = sources("\nhostname: b\nstate: /b\n");

        Sources after = before.withLive(whole.file());

        assertThat(before.changed(after)).containsExactly(Setting.HOSTNAME);
        assertThat(after.changed(whole)).containsExactly(Setting.STATE);
        assertThat(after.read().daemon().stateDirectory()).contains(Path.of("/a"));
    }
}
