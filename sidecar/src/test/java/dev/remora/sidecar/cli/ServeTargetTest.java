package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServeTargetTest {
    @ParameterizedTest
    @CsvSource({
        "5000, 127.0.0.1:5000",
        "localhost:5000, localhost:5000",
        "tcp://localhost:5000, localhost:5000",
        "tcp://flask-app:5000, flask-app:5000",
        "tcp://my_app:5000, my_app:5000",
        "tcp://10.0.0.5:80, 10.0.0.5:80",
        "tcp://[::1]:5000, [::1]:5000",
        "tcp://localhost:5000/, localhost:5000",
        "localhost:5000/path?x=1, localhost:5000",
        "TCP://localhost:5000, localhost:5000",
        "tcp://user:word@localhost:5000, localhost:5000",
        "tcp://localhost:05000, localhost:5000",
        "00080, 127.0.0.1:80",
        "000000080, 127.0.0.1:80",
        "unix:/run/app.sock, unix:/run/app.sock"
    })
    void whatTcpForwardsTo(String text, String stored) throws Exception {
        assertThat(ServeTarget.forTcp(text)).isEqualTo(stored);
    }

    @ParameterizedTest
    @CsvSource({
        "3000, http://127.0.0.1:3000",
        "localhost:3000, http://localhost:3000",
        "http://localhost:3000/base?x=1, http://localhost:3000/base?x=1",
        "https+insecure://localhost:8443, https+insecure://localhost:8443",
        "http://flask-app, http://flask-app",
        "HTTP://user:word@flask-app:080/base, http://user:word@flask-app:80/base",
        "unix:/run/app.sock, unix:/run/app.sock"
    })
    void whatTheWebHandsOnTo(String text, String stored) throws Exception {
        assertThat(ServeTarget.forWeb(text)).isEqualTo(stored);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    http://localhost:22 | must be a URL starting with one of the supported schemes: [tcp unix]
                    tcp://localhost     | port required for localhost target "tcp://localhost"
                    localhost           | port required for localhost target "tcp://localhost"
                    flask-app:5000      | non-localhost target "tcp://flask-app:5000" must include a scheme
                    99999               | non-localhost target "tcp://99999" must include a scheme
                    tcp://localhost:0   | invalid port "0"
                    tcp://localhost:70000 | invalid port "70000"
                    tcp://localhost:x   | invalid URL parse "tcp://localhost:x": invalid port ":x" after host
                    ./rel               | invalid hostname or IP address "."
                    unix:               | unix socket path cannot be empty
                    localhost:          | port required for localhost target "tcp://localhost:"
                    tcp://localhost:5#x | invalid URL parse "tcp://localhost:5#x": invalid port ":5#x" after host
                    ://localhost:5000   | invalid URL parse "://localhost:5000": missing protocol scheme
                    1tcp://localhost:5  | invalid URL parse "1tcp://localhost:5": invalid URI for request
                    tcp:x://y           | invalid hostname or IP address ""
                    %zz                 | invalid URL parse "tcp://%zz": invalid URL escape "%zz"
                    tcp://%6c:5000      | invalid URL parse "tcp://%6c:5000": invalid URL escape "%6c"
                    tcp://a^b:5000      | invalid URL parse "tcp://a^b:5000": invalid character "^" in host name
                    tcp://[::1:5000     | invalid URL parse "tcp://[::1:5000": missing ']' in host
                    tcp://[::1]5000     | invalid URL parse "tcp://[::1]5000": invalid port "5000" after host
                    tcp://[fe80::1%25e]:5 | invalid hostname or IP address "fe80::1%e"
                    tcp://localhost:5/% | invalid URL parse "tcp://localhost:5/%": invalid URL escape "%"
                    """)
    void whatTcpCannotForwardTo(String text, String message) {
        assertThatThrownBy(() -> ServeTarget.forTcp(text))
                .hasMessage("unable to expand target: " + message);
    }

    @Test
    void aTcpTargetHasAPort() {
        assertThatThrownBy(() -> ServeTarget.forTcp("tcp://flask-app"))
                .hasMessage("TCP target \"tcp://flask-app\" must include a port");
        assertThatThrownBy(() -> ServeTarget.forTcp("tcp://[fd00::1]"))
                .hasMessage("TCP target \"tcp://[fd00::1]\" must include a port");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    tcp://localhost:22 | must be a URL starting with one of the supported schemes: [http https https+insecure unix]
                    99999              | non-localhost target "http://99999" must include a scheme
                    foo                | non-localhost target "http://foo" must include a scheme
                    foo bar            | invalid URL parse "http://foo bar": invalid character " " in host name
                    """)
    void whatTheWebCannotHandOnTo(String text, String message) {
        assertThatThrownBy(() -> ServeTarget.forWeb(text)).hasMessage(message);
    }
}
