package dev.remora.io.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.MalformedException;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlUrlTest {
    @ParameterizedTest
    @CsvSource({
        "https://headscale.example, https://headscale.example",
        "https://headscale.example///, https://headscale.example",
        "HTTPS://headscale.example:8443/, https://headscale.example:8443",
        "' http://10.0.0.1:8080 ', http://10.0.0.1:8080",
        "https://[fd00::1]:443/base/, https://[fd00::1]:443/base",
        "https://login.tailscale.com, https://controlplane.tailscale.com",
    })
    void readsWhatUsersType(String typed, String url) throws Exception {
        assertThat(ControlUrl.parse(typed).text()).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "headscale.example",
                "ftp://x",
                "https://",
                "https://x:99999",
                "https://a b",
                "https:x"
            })
    void refusesWhatIsNoUrl(String typed) {
        assertThatThrownBy(() -> ControlUrl.parse(typed))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("it must look like");
    }

    /// The table of section 2.4 of the protocol reference; `s` marks TLS.
    @ParameterizedTest
    @CsvSource({
        "https://h.example, 80 s443",
        "https://h.example:8443, s8443",
        "http://h.example, 80 s443",
        "http://h.example:8080, 8080 s443",
        "http://10.1.2.3, 80",
        "http://localhost:8080, 8080",
        "http://[fd00::1]:8080, 8080",
    })
    void triesPlainHttpFirstWhereItMayHelp(String url, String ways) throws Exception {
        assertThat(ways(url, false)).isEqualTo(ways);
    }

    @ParameterizedTest
    @CsvSource({
        "https://h.example, s443",
        "http://h.example, s443",
        "http://h.example:8080, s443",
        "http://10.1.2.3, 80",
    })
    void goesStraightToTlsAfterALoss(String url, String ways) throws Exception {
        assertThat(ways(url, true)).isEqualTo(ways);
    }

    private static String ways(String url, boolean lost) throws MalformedException {
        return ControlUrl.parse(url).ways(lost).stream()
                .map(way -> (way.tls() ? "s" : "") + way.port())
                .collect(Collectors.joining(" "));
    }
}
