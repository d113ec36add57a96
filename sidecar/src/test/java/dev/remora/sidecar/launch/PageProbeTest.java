package dev.remora.sidecar.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageProbeTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(List<String> words) {
        return PageProbe.run(
                words, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    }

    /// Answers one connection; what was asked is the result.
    private static CompletableFuture<String> answer(ServerSocket server, String text) {
        return CompletableFuture.supplyAsync(() -> {
            try (Socket client = server.accept()) {
                byte[] request = new byte[1024];
                int length = client.getInputStream().read(request);
                client.getOutputStream().write(text.getBytes(UTF_8));
                return new String(request, 0, length, UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /// The checks of compose files that were written for the official image.
    @ParameterizedTest
    @CsvSource({
        "200 OK, --spider -q, 0, ''",
        "200 OK, -q --spider --tries=1 -T 3, 0, ''",
        "200 OK, --no-verbose --spider, 0, ''",
        "200 OK, -qO-, 0, body",
        "200 OK, -q -O -, 0, body",
        "200 OK, -q -O /dev/null, 0, ''",
        "503 Service Unavailable, --spider -q, 1, ''",
        "503 Service Unavailable, -qO-, 1, ''",
        "404 Not Found, --spider, 1, ''"
    })
    void asksAsComposeFilesDo(String status, String flags, int code, String printed)
            throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> asked =
                    answer(server, "HTTP/1.1 " + status + "\r\nContent-Length: 4\r\n\r\nbody");
            List<String> words = new ArrayList<>(List.of(flags.split(" ")));
            words.add("http://127.0.0.1:" + server.getLocalPort() + "/healthz");

            assertThat(run(words)).isEqualTo(code);
            assertThat(out.toString(UTF_8)).isEqualTo(printed);
            assertThat(asked.get()).startsWith("GET /healthz HTTP/1.0\r\nHost: 127.0.0.1:");
        }
    }

    @Test
    void nobodyThereIsAFailure() throws Exception {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }

        assertThat(run(List.of("-q", "--spider", "127.0.0.1:" + port))).isEqualTo(1);
        assertThat(err.toString(UTF_8)).startsWith("wget: http://127.0.0.1:" + port + ": ");
    }

    @Test
    void onlyHttpIsRead() {
        assertThat(run(List.of("https://127.0.0.1/"))).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("http://… only");
    }
}
