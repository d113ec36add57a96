package dev.remora.sidecar.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.MalformedException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServeConfigTest {
    private static ServeConfig parse(String json) throws MalformedException {
        return ServeConfig.parse(json.getBytes(UTF_8));
    }

    /// What the real command line stores for the commands of its manual.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"TCP\":{\"443\":{\"HTTPS\":true}},\"Web\":{\"web.tail1234.ts.net:443\":{\"Handlers\":{\"/\":{\"Proxy\":\"http://127.0.0.1:3000\"}}}}}",
                "{\"TCP\":{\"80\":{\"TCPForward\":\"localhost:5000\"}}}",
                "{\"Foreground\":{\"5f0c\":{\"TCP\":{\"80\":{\"TCPForward\":\"localhost:5000\"}}}}}",
                "{\"TCP\":{\"5432\":{\"TCPForward\":\"127.0.0.1:5432\",\"TerminateTLS\":\"web.tail1234.ts.net\"}}}",
                "{\"TCP\":{\"25\":{\"TCPForward\":\"127.0.0.1:2525\",\"ProxyProtocol\":2}}}",
                "{\"Services\":{\"svc:db\":{\"TCP\":{\"5432\":{\"TCPForward\":\"127.0.0.1:5432\"}}}}}",
                "{\"Services\":{\"svc:t\":{\"Tun\":true}}}",
            })
    void keepsEveryByteOfWhatItRead(String json) throws Exception {
        assertThat(new String(parse(json).toJson(), UTF_8)).isEqualTo(json);
    }

    @Test
    void halfASurrogatePairIsReplacedAndCanBeWritten() throws Exception {
        ServeConfig config =
                parse("{\"TCP\":{\"80\":{\"TCPForward\":\"a:1\",\"TerminateTLS\":\"x\\udc2c\"}}}");

        assertThat(new String(config.toJson(), UTF_8)).contains("\"x\ufffd\"");
        assertThat(ServeConfig.parse(config.toJson())).isEqualTo(config);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{\"TCP\":5}",
                "{\"TCP\":{\"http\":{}}}",
                "{\"TCP\":{\"0\":{}}}",
                "{\"TCP\":{\"65536\":{}}}",
                "{\"TCP\":{\"-1\":{}}}",
                "{\"Foreground\":{\"a\":{\"Foreground\":{\"b\":{}}}}}",
                "{\"TCP\":{\"80\":{\"TCPForward\":[]}}}",
                "{"
            })
    void refusesWhatIsNoConfiguration(String json) {
        assertThatThrownBy(() -> parse(json)).isInstanceOf(MalformedException.class);
    }

    @Test
    void namesMayBeWrittenInAnyCaseAndMistakesHaveAPlace() throws Exception {
        assertThat(parse("{\"tcp\":{\"80\":{\"tcpforward\":\"a:1\"}}}"))
                .isEqualTo(parse("{\"TCP\":{\"80\":{\"TCPForward\":\"a:1\"}}}"));
        assertThatThrownBy(() -> parse("{\"TCP\":\n {,}}"))
                .hasMessageContaining("line 2, column 3");
    }

    @Test
    void aFileThatSaysNothingThatIsKnownIsRefused() throws Exception {
        assertThat(ServeConfig.parseFile("{}".getBytes(UTF_8))).isEqualTo(ServeConfig.EMPTY);
        assertThatThrownBy(() ->
                        ServeConfig.parseFile(
                                "{\"version\":\"0.0.1\",\"endpoints\":{}}".getBytes(UTF_8)))
                .hasMessageContaining("nothing in it is known");
    }

    @Test
    void aForegroundPortCountsWhileItsSessionLives() throws Exception {
        ServeConfig config =
                parse(
                        "{\"TCP\":{\"80\":{\"TCPForward\":\"a:1\"}},\"Foreground\":{\"s\":{\"TCP\":{\"81\":{\"TCPForward\":\"b:1\"}}}}}");
        assertThat(config.handlers(Set.of("s"))).containsOnlyKeys(80, 81);
        assertThat(config.handlers(Set.of())).containsOnlyKeys(80);
        assertThat(config.handler(81, Set.of("s"))).hasValue(TcpPortHandler.forwardTo("b:1"));
        assertThat(config.handler(81, Set.of())).isEmpty();
        assertThat(config.withLiveSessions(Set.of()))
                .isEqualTo(parse("{\"TCP\":{\"80\":{\"TCPForward\":\"a:1\"}}}"));
    }

    @Test
    void aPortBelongsToWhoeverHasIt() throws Exception {
        ServeConfig tcp = parse("{\"TCP\":{\"80\":{\"TCPForward\":\"a:1\"}}}");
        ServeConfig http = parse("{\"TCP\":{\"80\":{\"HTTP\":true}}}");
        ServeConfig session =
                parse("{\"Foreground\":{\"s\":{\"TCP\":{\"80\":{\"TCPForward\":\"b:1\"}}}}}");
        ServeConfig other =
                parse("{\"Foreground\":{\"t\":{\"TCP\":{\"80\":{\"TCPForward\":\"c:1\"}}}}}");

        tcp.checkConflicts(tcp, Set.of());
        tcp.checkConflicts(session, Set.of());
        session.checkConflicts(session, Set.of("s"));
        assertThatThrownBy(() -> http.checkConflicts(tcp, Set.of()))
                .hasMessage("want to serve \"http\", but port 80 is already serving \"tcp\"");
        assertThatThrownBy(() -> session.checkConflicts(tcp, Set.of("s")))
                .hasMessage("listener already exists for port 80");
        assertThatThrownBy(() -> other.checkConflicts(session, Set.of("s", "t")))
                .hasMessage("listener already exists for port 80");
        assertThatThrownBy(() -> tcp.checkConflicts(session, Set.of("s")))
                .hasMessage("foreground listener already exists for port 80");
    }

    @Test
    void theEtagFollowsTheContent() throws Exception {
        ServeConfig config = parse("{\"TCP\":{\"80\":{\"TCPForward\":\"a:1\"}}}");
        assertThat(ServeConfig.etag(Optional.of(config)))
                .hasSize(64)
                .isEqualTo(
                        ServeConfig.etag(Optional.of(parse(new String(config.toJson(), UTF_8)))));
        // SHA-256 of the four letters, which is what the real daemon answers before anything was
        // stored
        assertThat(ServeConfig.etag(Optional.empty()))
                .isEqualTo("74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b");
    }
}
