package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdviceTest {
    private static List<String> on(Map<String, String> variables, String... mounts) {
        Map<String, String> all = new HashMap<>(Map.of("TS_STATE_DIR", "/state", "PATH", "/bin"));
        all.putAll(variables);
        return Advice.on(Environment.of(all), List.of(mounts));
    }

    @Test
    void isNotNeededWhereAllIsWell() {
        assertThat(
                        on(
                                Map.of(
                                        "TS_AUTHKEY",
                                        "hskey-auth-x",
                                        "TS_EXTRA_ARGS",
                                        " --login-server=https://h ",
                                        "TS_DEBUG_MTU",
                                        "1280")))
                .isEmpty();
    }

    @Test
    void namesTheVariableThatIsProbablyMeant() {
        assertThat(on(Map.of("TS_AUTHKAY", "k", "TS_HOST_NAME", "h", "REMORA_SERV", "x")))
                .containsExactly(
                        "There is no variable REMORA_SERV: is it REMORA_SERVE you mean?",
                        "There is no variable TS_AUTHKAY: is it TS_AUTHKEY you mean?",
                        "There is no variable TS_HOST_NAME: is it TS_HOSTNAME you mean?");
        assertThat(on(Map.of("TS_FLUX_COMPENSATOR", "1")))
                .containsExactly("There is no variable TS_FLUX_COMPENSATOR, so it has no effect.");
    }

    @Test
    void knowsWhatOthersCallAVariable() {
        assertThat(on(Map.of("TS_LOGIN_SERVER", "u", "ts_authkey", "k", "TS_AUTHKEY_FILE", "f")))
                .containsExactly(
                        "There is no variable TS_AUTHKEY_FILE: is it TS_AUTHKEY=file:PATH you mean?",
                        "There is no variable TS_LOGIN_SERVER: is it REMORA_CONTROL_URL you mean?",
                        "There is no variable ts_authkey: is it TS_AUTHKEY you mean?");
    }

    @Test
    void knowsAServeConfigurationInThePlaceOfItsPath() {
        assertThat(on(Map.of("TS_SERVE_CONFIG", "{\"TCP\":{}}")))
                .singleElement()
                .asString()
                .contains("is the path of a file");
    }

    @Test
    void namesBooleansThatAreNone() {
        assertThat(on(Map.of("TS_USERSPACE", "yes", "TS_AUTH_ONCE", "on", "REMORA_JOB", "T")))
                .containsExactly(
                        "TS_AUTH_ONCE is neither true nor false, so it counts as false, its default.",
                        "TS_USERSPACE is neither true nor false, so it counts as true, its default.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${TS_AUTHKEY} | nobody has filled in",
                "/run/secrets/key | write file: before it",
                "TS_AUTHKEY=tskey-secret | its own name",
                "tskey-api-secret | make an auth key",
                "tskey-auth-sec ret | a line break",
                "\"tskey-secret | a quotation mark",
            })
    void saysWhatIsNoAuthKeyWithoutRepeatingIt(String key, String words) {
        assertThat(on(Map.of("TS_AUTHKEY", key)))
                .singleElement()
                .asString()
                .startsWith("TS_AUTHKEY ")
                .contains(words)
                .doesNotContain("-sec");
    }

    @Test
    void tellsOfQuotationMarksThatAreTakenOff() {
        Map<String, String> variables =
                Map.of("TS_AUTHKEY", "\"k\"", "TS_HOSTNAME", "'h'", "TS_TAGS", "tag:a\n");
        Environment environment = Environment.of(variables);

        assertThat(on(variables))
                .hasSize(3)
                .allMatch(each -> each.contains("has quotation marks or blanks around its value"));
        assertThat(environment.text("TS_AUTHKEY")).isEqualTo("k");
        assertThat(environment.text("TS_HOSTNAME")).isEqualTo("h");
        assertThat(environment.text("TS_TAGS")).isEqualTo("tag:a");
    }

    @Test
    void leavesQuotationMarksWithinAValueAlone() {
        assertThat(Environment.of(Map.of("TS_EXTRA_ARGS", "\"a\" \"b\"")).text("TS_EXTRA_ARGS"))
                .isEqualTo("\"a\" \"b\"");
    }

    @Test
    void asksForTheServerThatAKeyIsOf() {
        assertThat(on(Map.of("TS_AUTHKEY", "hskey-auth-x")))
                .singleElement()
                .asString()
                .contains("--login-server=https://…");
    }

    @Test
    void tellsThatNothingIsKept() {
        Map<String, String> without = Map.of("TS_STATE_DIR", "");
        assertThat(on(without)).singleElement().asString().contains("an ephemeral node");
        assertThat(on(without, "/", "/var/lib/tailscale"))
                .singleElement()
                .asString()
                .contains("TS_STATE_DIR=/var/lib/tailscale");
    }
}
