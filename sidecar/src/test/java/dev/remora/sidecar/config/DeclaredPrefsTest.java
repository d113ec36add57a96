package dev.remora.sidecar.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Fields and their meaning are those of the official daemon's form `alpha0`, as the reference of the sidecar has them (section 7).
class DeclaredPrefsTest {
    private static DeclaredPrefs parse(String text) throws MalformedException {
        return DeclaredPrefs.parse(text.getBytes(UTF_8));
    }

    private static Prefs prefs(String text) throws MalformedException {
        return Prefs.initial().patched(parse(text).masked());
    }

    @Test
    void readsCommentsTrailingCommasAndNamesInAnyCase() throws Exception {
        String text =
                """
                // as people write it
                {"version": "alpha0", /* "Locked": true, */ "locked": false,
                 "serverurl": "https://headscale.example", // no comment: "//"
                 "AUTHKEY": "file:/run/secrets/key",
                 "AdvertiseRoutes": ["10.1.0.0/16", "fd00::/64",], "AcceptRoutes": true,
                 "NetfilterMode": "nodivert", "AutoUpdate": {"Check": false},}
                """;
        DeclaredPrefs declared = parse(text);
        Prefs prefs = prefs(text);

        assertThat(declared.locked()).isFalse();
        assertThat(declared.authKey()).isEqualTo("file:/run/secrets/key");
        assertThat(declared.notes()).isEmpty();
        assertThat(prefs.controlUrl()).isEqualTo("https://headscale.example");
        assertThat(prefs.advertiseRoutes()).hasToString("[10.1.0.0/16, fd00::/64]");
        assertThat(prefs.acceptRoutes()).isTrue();
        assertThat(prefs.wantRunning()).isTrue();
        assertThat(prefs.loggedOut()).isFalse();
        assertThat(prefs.toTree()).containsEntry("NetfilterMode", 1L);
    }

    @Test
    void whatIsNotSaidStaysAsItIsButForServicesAndTheWishToRun() throws Exception {
        Prefs before = Prefs.initial().withHostname("kept");
        Prefs after = before.patched(parse("{\"Version\":\"alpha0\"}").masked());

        assertThat(parse("{\"Version\":\"alpha0\"}").locked()).isTrue();
        assertThat(after).isEqualTo(before.withWantRunning(true));
        assertThat(prefs("{\"Version\":\"alpha0\",\"Enabled\":false}").wantRunning()).isFalse();
    }

    @Test
    void anExitNodeIsOfferedByBothDefaultRoutesAndUsedByAddressOrId() throws Exception {
        assertThat(prefs("{\"Version\":\"alpha0\",\"AdvertiseExitNode\":true}").advertiseRoutes())
                .hasToString("[0.0.0.0/0, ::/0]");
        assertThat(prefs("{\"Version\":\"alpha0\",\"exitNode\":\"100.64.0.9\"}").exitNodeIp())
                .isEqualTo("100.64.0.9");
        assertThat(prefs("{\"Version\":\"alpha0\",\"exitNode\":\"nABC\"}").exitNodeId())
                .isEqualTo("nABC");
    }

    @Test
    void whatHasNoEffectIsNamed() throws Exception {
        assertThat(
                        parse(
                                        "{\"Version\":\"alpha0\",\"ServeConfigTemp\":{},\"StaticEndpoints\":[\"192.0.2.1:41641\"]}")
                                .notes())
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | there is no field Version",
                "{\"Version\":\"alpha1\"} | Version is not \"alpha0\"",
                "{\"Version\":\"alpha0\",\"Hostnam\":\"x\"} | unknown field \"Hostnam\"",
                "{\"Version\":\"alpha0\",\"Locked\":\"no\"} | Locked is not true or false",
                "{\"Version\":\"alpha0\",\"AuthKey\":[\"tskey-s\"]} | AuthKey is not a text",
                "{\"Version\":\"alpha0\",\"NetfilterMode\":\"x\"} | NetfilterMode is not one of",
                "{\"Version\":\"alpha0\",,} | invalid JSON at line 1, column 21",
                "[,] | invalid JSON at line 1, column 2",
                "{\"Version\":\"alpha0\" /* no end | it ends too early",
                "{\"Version\":\"alpha0\"} / | invalid JSON at line 1, column 22",
                "'' | it ends too early",
            })
    void saysWhatIsWrong(String text, String words) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("tskey-s");
    }
}
