package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
