package dev.remora.io.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpProxiesTest {
    @ParameterizedTest
    @CsvSource({
        "proxy.corp:3128, http://proxy.corp:3128",
        "http://proxy.corp, http://proxy.corp:80",
        "https://proxy.corp, https://proxy.corp:443",
        "HTTP://10.0.0.1:8080/, http://10.0.0.1:8080",
        "http://[2001:db8::1]:8080, http://[2001:db8::1]:8080",
        "http://user:secret@proxy.corp:3128, http://proxy.corp:3128"
    })
    void readsProxiesAsPeopleWriteThem(String text, String proxy) {
        HttpProxies proxies = HttpProxies.of(Map.of("HTTPS_PROXY", text));

        assertThat(proxies.towards(true, "control.example", 443).orElseThrow()).hasToString(proxy);
        assertThat(proxies).hasToString("HTTPS through " + proxy);
        assertThat(proxies.towards(false, "control.example", 80)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "socks5://proxy:1080", "http://", "http://a b", "proxy:99999"})
    void ignoresWhatIsNoProxy(String text) {
        assertThat(HttpProxies.of(Map.of("HTTPS_PROXY", text)).towards(true, "x.example", 443))
                .isEmpty();
    }

    @Test
    void namesInCapitalsComeFirst() {
        Map<String, String> variables =
                Map.of("https_proxy", "small:1", "HTTPS_PROXY", "CAPITAL:2", "http_proxy", "h:3");
        HttpProxies proxies = HttpProxies.of(variables);

        assertThat(proxies.towards(true, "x.example", 443).orElseThrow().port()).isEqualTo(2);
        assertThat(proxies.towards(false, "x.example", 80).orElseThrow().port()).isEqualTo(3);
        assertThat(proxies).hasToString("HTTP through http://h:3, HTTPS through http://CAPITAL:2");
    }

    @Test
    void keepsThePasswordToItself() {
        HttpProxies proxies = HttpProxies.of(Map.of("HTTPS_PROXY", "http://us%65r:p%40ss@proxy"));
        HttpProxy proxy = proxies.towards(true, "x.example", 443).orElseThrow();

        assertThat(proxy.authorization()).contains("Basic dXNlcjpwQHNz"); // user:p@ss
        assertThat(proxies + " " + proxy).doesNotContain("p%40ss", "p@ss", "dXNlcjpwQHNz");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, '', 443",
        "127.0.0.1, '', 443",
        "127.1.2.3, '', 443",
        "::1, '', 443",
        "control.example, *, 443",
        "control.example, 'a.b, control.example', 443",
        "control.example, example, 443",
        "control.example, .example, 443",
        "control.example, *.example, 443",
        "CONTROL.example, Control.Example, 443",
        "control.example, control.example:443, 443",
        "10.1.2.3, 10.0.0.0/8, 443",
        "10.1.2.3, 10.1.2.3, 443",
        "10.1.2.3, 10.1.2.3:443, 443",
        "fd00::1, fd00::/8, 443",
        "fd00::1, fd00::1, 443",
        "fd00::1, [fd00::1]:443, 443"
    })
    void goesStraightTo(String host, String noProxy, int port) {
        assertThat(proxies(noProxy).towards(true, host, port)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "control.example, '', 443",
        "control.example, control.example:8443, 443",
        "control.example, .control.example, 443",
        "mycontrol.example, control.example, 443",
        "10.1.2.3, 10.1.2.4, 443",
        "10.1.2.3, 10.2.0.0/16, 443",
        "10.1.2.3, 10.2.0.0/99, 443",
        "10.1.2.3, 10.1.2.3:80, 443",
        "fd00::1, fd00::2, 443"
    })
    void asksTheProxyFor(String host, String noProxy, int port) {
        assertThat(proxies(noProxy).towards(true, host, port)).isPresent();
    }

    private static HttpProxies proxies(String noProxy) {
        return HttpProxies.of(Map.of("HTTPS_PROXY", "proxy:3128", "NO_PROXY", noProxy));
    }
}
