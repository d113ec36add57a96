package dev.remora.sidecar.localapi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.io.loop.EngineLoop;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalApiServerTest {
    @TempDir Path temp;

    private final EngineLoop loop = EngineLoop.start("test-loop");
    private final CompletableFuture<ApiStream> stream = new CompletableFuture<>();
    private final CompletableFuture<Void> goOn = new CompletableFuture<>();
    private Path socket;
    private LocalApiServer server;

    @BeforeEach
    void start() throws Exception {
        socket = temp.resolve("run/sock");
        server = LocalApiServer.start(loop, socket, Map.of("Tailscale-Cap", "145"), this::handle);
    }

    @AfterEach
    void stop() {
        server.close();
        loop.close();
    }

    private ApiResponse handle(ApiRequest request) {
        return switch (request.path()) {
            case "/who" ->
                    ApiResponse.json(
                            200,
                            Map.of(
                                    "uid",
                                    request.caller().uid(),
                                    "q",
                                    request.query().getOrDefault("q", ""),
                                    "body",
                                    new String(request.body(), UTF_8)));
            case "/stream" -> new ApiResponse.Stream("application/json", stream::complete);
            case "/slow" -> {
                goOn.join();
                yield ApiResponse.text(200, "slow");
            }
            case "/broken" -> throw new IllegalStateException("mistake");
            default -> ApiResponse.notFound();
        };
    }

    private String exchange(String request) throws IOException {
        try (SocketChannel channel = connect()) {
            channel.write(ByteBuffer.wrap(request.getBytes(UTF_8)));
            return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
        }
    }

    private SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    private static String request(String line, String... headers) {
        return line
                + " HTTP/1.1\r\n"
                + String.join("", java.util.Arrays.stream(headers).map(h -> h + "\r\n").toList())
                + "Connection: close\r\n\r\n";
    }

    @Test
    void knowsWhoCallsAndWhatIsAsked() throws Exception {
        String answer =
                exchange(
                        "POST /who?q=a%20b HTTP/1.1\r\nHost: local-tailscaled.sock\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
        long uid = (int) Files.getAttribute(socket, "unix:uid");
        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK")
                .contains("Tailscale-Cap: 145", "Content-Type: application/json")
                .contains("\"uid\":" + uid, "\"q\":\"a b\"", "\"body\":\"hi\"");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-rw-rw-");
    }

    /// As the real daemon answers them: captures raw/095 to raw/100.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: example.com",
                "Host: localhost",
                "Host: local-tailscaled.sock\r\nOrigin: http://evil.example",
                "Host: local-tailscaled.sock\r\nReferer: http://evil.example/"
            })
    void pagesInBrowsersAreRefused(String headers) throws Exception {
        assertThat(exchange(request("GET /who", headers)))
                .startsWith("HTTP/1.1 403 Forbidden")
                .endsWith("\r\n\r\ninvalid localapi request\n");
    }

    @Test
    void anEmptyHostPassesAndNoneDoesNot() throws Exception {
        assertThat(exchange(request("GET /who", "Host: "))).startsWith("HTTP/1.1 200 OK");
        assertThat(exchange(request("GET /who"))).startsWith("HTTP/1.1 400 Bad Request");
        assertThat(exchange("rubbish\r\n\r\n")).startsWith("HTTP/1.1 400 Bad Request");
    }

    @Test
    void aMistakeOfOursIsAnAnswerToo() throws Exception {
        assertThat(exchange(request("GET /broken", "Host: "))).startsWith("HTTP/1.1 500 ");
        assertThat(exchange(request("GET /nosuch", "Host: ")))
                .startsWith("HTTP/1.1 404 ")
                .endsWith("404 page not found\n");
        assertThat(exchange(request("HEAD /who", "Host: ")))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("\r\n\r\n");
    }

    @Test
    void aStreamStartsAtOnceAndItsEndIsNoticed() throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        try (SocketChannel channel = connect()) {
            channel.write(
                    ByteBuffer.wrap("GET /stream HTTP/1.1\r\nHost: \r\n\r\n".getBytes(UTF_8)));
            InputStream in = Channels.newInputStream(channel);
            assertThat(readUntil(in, "\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK")
                    .containsIgnoringCase("transfer-encoding: chunked");
            ApiStream open = stream.get(5, TimeUnit.SECONDS);
            open.onClose(() -> closed.complete(null));
            open.write("{}\n".getBytes(UTF_8));
            assertThat(readUntil(in, "{}\n\r\n")).isEqualTo("3\r\n{}\n\r\n");
        }
        closed.get(5, TimeUnit.SECONDS);
    }

    @Test
    void requestsThatComeTogetherAreAnsweredInTheirOrder() throws Exception {
        String slow = "GET /slow HTTP/1.1\r\nHost: \r\n\r\n";
        String wrong = "GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n";
        try (SocketChannel channel = connect()) {
            String all = slow + wrong + request("GET /who", "Host: ");
            channel.write(ByteBuffer.wrap(all.getBytes(UTF_8)));
            exchange(request("GET /who", "Host: ")); // by now all of them were read
            goOn.complete(null);
            assertThat(new String(Channels.newInputStream(channel).readAllBytes(), UTF_8))
                    .containsSubsequence("slow\n", " 403 Forbidden", "\"uid\":");
        }
    }

    @Test
    void behindAStreamNothingIsAnswered() throws Exception {
        try (SocketChannel channel = connect()) {
            String get = "GET /%s HTTP/1.1\r\nHost: \r\n\r\n";
            channel.write(
                    ByteBuffer.wrap(
                            (get.formatted("stream") + get.formatted("who")).getBytes(UTF_8)));
            ApiStream open = stream.get(30, TimeUnit.SECONDS);
            open.close();
            assertThat(new String(Channels.newInputStream(channel).readAllBytes(), UTF_8))
                    .endsWith("\r\n\r\n0\r\n\r\n");
        }
    }

    @Test
    void oddRequestsAreAnswered() throws Exception {
        assertThat(exchange("GET /who HTTP/1.0\r\n\r\n")).contains(" 200 OK", "\"uid\":");
        assertThat(exchange(request("GET http://local-tailscaled.sock/who", "Host: ")))
                .contains(" 200 OK", "\"uid\":");
        assertThat(exchange(request("GET /who?q=%zz", "Host: "))).contains(" 400 Bad Request");
        assertThat(exchange(request("GET /who", "Host: ", "Host: "))).contains(" 400 Bad Request");
    }

    private static String readUntil(InputStream in, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            text.append((char) in.read());
        }
        return text.toString();
    }

    @Test
    void twoDaemonsCannotShareASocketButADeadOnesIsReplaced() throws Exception {
        assertThatThrownBy(() -> LocalApiServer.start(loop, socket, Map.of(), this::handle))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another daemon already listens on " + socket);
        server.close();
        leaveAsADeadDaemonWould(socket);
        server = LocalApiServer.start(loop, socket, Map.of(), this::handle);
        assertThat(exchange(request("GET /who", "Host: "))).startsWith("HTTP/1.1 200 OK");
    }

    @Test
    void whatIsNoSocketIsLeftAlone() throws Exception {
        Path file = Files.writeString(socket.resolveSibling("precious"), "mine");
        assertThatThrownBy(() -> LocalApiServer.start(loop, file, Map.of(), this::handle))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is something that is no socket");
        assertThat(file).hasContent("mine");
    }

    @Test
    void aPlaceWhereNoSocketCanBeIsNamed() throws Exception {
        Path file = Files.createFile(socket.resolveSibling("file"));
        Map<Path, String> places =
                Map.of(
                        file.resolve("sock"),
                        file + " is no directory; choose a path with --socket",
                        socket.resolveSibling("x".repeat(120)),
                        "has at most 107 bytes");
        places.forEach((place, why) ->
                assertThatThrownBy(() -> LocalApiServer.start(loop, place, Map.of(), this::handle))
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith("cannot listen on " + place + ": ")
                        .hasMessageContaining(why));
    }

    private static void leaveAsADeadDaemonWould(Path socket) throws IOException {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
    }
}
