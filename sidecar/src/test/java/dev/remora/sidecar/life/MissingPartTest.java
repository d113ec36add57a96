package dev.remora.sidecar.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.localapi.ApiResponse;
import dev.remora.sidecar.localapi.Caller;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What commands for parts that are not there get from the daemon: one sentence each.
class MissingPartTest {
    private static final Caller STRANGER = new Caller(65534);

    private static ApiResponse.Full ask(String method, String path, Caller caller)
            throws Exception {
        try (TestDaemon daemon = new TestDaemon()) {
            return (ApiResponse.Full)
                    daemon.api.handle(
                            TestDaemon.request(
                                    method, "/localapi/v0/" + path, Map.of(), "", caller));
        }
    }

    /// Commands take the sentence out of the object.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    GET  | dns-query?name=a          | DNS queries through the daemon are
                    GET  | cert/a.example            | Certificates are
                    GET  | files/                    | Files from other nodes are
                    PUT  | file-put/n1/a             | Files for other nodes are
                    GET  | drive/shares              | Shared folders are
                    POST | tka/init                  | Tailnet lock is
                    GET  | routecheck                | Looking for the best of several routers is
                    POST | debug-derp-region         | Examining a relay is
                    GET  | debug-peer-endpoint-changes | This way of debugging is
                    POST | dev-set-state-store       | This way of debugging is
                    """)
    void isTakenOutOfAnObject(String method, String path, String what) throws Exception {
        ApiResponse.Full answer = ask(method, path, TestDaemon.ROOT);
        assertThat(answer.status()).isEqualTo(501);
        assertThat(TestDaemon.text(answer))
                .isEqualTo("{\"error\":\"" + what + " not supported by this program.\"}\n");
        assertThat(ask(method, path, STRANGER).status()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "debug-portmap, Port mapping is",
        "debug-capture, Capturing packets is",
        "debug-dial-types, Connections through the daemon are",
        "goroutines, Looking into the process is",
        "logtap, Following the log through the socket is"
    })
    void isPrintedAsItStands(String path, String what) throws Exception {
        ApiResponse.Full answer = ask("POST", path, TestDaemon.ROOT);
        assertThat(answer.status()).isEqualTo(501);
        assertThat(TestDaemon.text(answer)).isEqualTo(what + " not supported by this program.\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nosuch", "tka", "cert", "debugx", "logtap/x"})
    void whatIsNoPartOfAnythingIsNotFound(String path) throws Exception {
        assertThat(ask("GET", path, TestDaemon.ROOT).status()).isEqualTo(404);
    }

    @Test
    void actionsOfDebuggingSayWhichOneIsNotThere() throws Exception {
        assertThat(TestDaemon.text(ask("POST", "debug?action=rebind", TestDaemon.ROOT)))
                .contains("The debugging action \\\"rebind\\\" is not supported by this program.");
        assertThat(ask("POST", "debug?action=nosuch", TestDaemon.ROOT).status()).isEqualTo(400);
    }

    /// Tailnet lock is not there, but this question has a true answer.
    @Test
    void aTailnetWithoutLockHasNone() throws Exception {
        assertThat(TestDaemon.text(ask("GET", "tka/status", STRANGER)))
                .contains("\"Enabled\": false", "\"PublicKey\": \"nlpub:", "\"NodeKey\": null");
    }
}
