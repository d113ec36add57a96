package dev.remora.sidecar.launch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthProbeTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir private Path folder;

    /// One connection is answered, piece by piece; what was asked is the result.
    private CompletableFuture<String> daemonThatSays(ServerSocketChannel socket, String... pieces) {
        return CompletableFuture.supplyAsync(() -> {
            try (SocketChannel client = socket.accept()) {
                ByteBuffer request = ByteBuffer.allocate(1024);
                client.read(request);
                for (String piece : pieces) {
                    client.write(ByteBuffer.wrap(piece.getBytes(US_ASCII)));
                }
                return new String(request.array(), 0, request.position(), US_ASCII);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private ServerSocketChannel socketAt(Path path) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(path));
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 2, 00 OK, true",
        "HTTP/1.1 503, ' Service Unavailable', false",
        "HTTP/1.1 403, ' Forbidden', false",
        "HTTP/1.1, '', false"
    })
    void onlyAPlainYesIsOne(String start, String rest, boolean ready) throws Exception {
        Path path = folder.resolve("s");
        try (ServerSocketChannel socket = socketAt(path)) {
            CompletableFuture<String> asked = daemonThatSays(socket, start, rest);

            assertThat(HealthProbe.isReady(path, LONG)).isEqualTo(ready);
            assertThat(asked.get())
                    .startsWith("GET /localapi/v0/remora/ready?require=ip,backend HTTP/1.1\r\n")
                    .endsWith("\r\n\r\n");
        }
    }

    @Test
    void aDaemonThatIsNotThereIsNotReady() {
        assertThat(HealthProbe.isReady(folder.resolve("none"), LONG)).isFalse();
    }

    @Test
    void aDaemonThatDoesNotAnswerIsNotReady() throws Exception {
        Path path = folder.resolve("s");
        try (ServerSocketChannel _ = socketAt(path)) {
            assertThat(HealthProbe.isReady(path, Duration.ofMillis(1))).isFalse();
        }
    }
}
