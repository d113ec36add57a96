package dev.remora.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.IpPrefix;
import dev.remora.io.loop.EngineLoop;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Who only holds a place makes room for others.
class HttpServerTest {
    private static final int PATIENCE_MS = 60_000;
    private static final int MOST = 200_000;
    private static final HttpSettings ANY =
            HttpSettings.of(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Optional.empty());

    private final EngineLoop loop = EngineLoop.start("test");
    private final Routes routes =
            Routes.none()
                    .withPage(
                            "/",
                            request ->
                                    CompletableFuture.completedFuture(
                                            Answers.text(HttpResponseStatus.OK, "x".repeat(1000))));
    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void end() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        loop.close();
    }

    private Socket connect(HttpServer server, String from) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
        socket.connect(server.address());
        socket.setSoTimeout(PATIENCE_MS);
        return socket;
    }

    private static boolean answers(Socket socket) throws IOException {
        socket.getOutputStream()
                .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket.getInputStream().read() == 'H';
    }

    @Test
    void anAddressThatIsNotToBeHadIsNamedWithTheReason() throws Exception {
        try (HttpServer server = HttpServer.start(loop, ANY, routes)) {
            HttpSettings taken = HttpSettings.of(server.address(), Optional.empty());
            assertThatThrownBy(() -> HttpServer.start(loop, taken, routes))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "cannot listen on TCP 127.0.0.1:%d: another program listens there",
                            server.address().getPort());
        }
        InetSocketAddress foreign = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 0);
        assertThatThrownBy(() ->
                        HttpServer.start(loop, HttpSettings.of(foreign, Optional.empty()), routes))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot listen on TCP 192.0.2.1:0: this machine has no such address");
    }

    @Test
    void theOldestOfAnAddressThatAsksForNothingMakesRoom() throws Exception {
        try (HttpServer server = HttpServer.start(loop, ANY.withMostWaiting(10, 2), routes)) {
            Socket first = connect(server, "127.0.0.2");
            Socket second = connect(server, "127.0.0.2");
            Socket third = connect(server, "127.0.0.2");

            assertThat(first.getInputStream().read()).isEqualTo(-1);
            assertThat(answers(third)).isTrue();
            assertThat(answers(second)).isTrue();
            assertThat(server.counts().ended(HttpEnd.CROWDED)).isEqualTo(1);
        }
    }

    @Test
    void manyAddressesTogetherHaveTheirBoundToo() throws Exception {
        try (HttpServer server = HttpServer.start(loop, ANY.withMostWaiting(2, 2), routes)) {
            Socket first = connect(server, "127.0.0.2");
            connect(server, "127.0.0.3");
            Socket third = connect(server, "127.0.0.4");

            assertThat(first.getInputStream().read()).isEqualTo(-1);
            assertThat(answers(third)).isTrue();
        }
    }

    @Test
    void aProxyIsManyAndHasNoBoundOfItsOwn() throws Exception {
        TrustedProxies proxies = new TrustedProxies(List.of(IpPrefix.parse("127.0.0.2/32")));
        HttpSettings settings = ANY.withProxies(proxies).withMostWaiting(10, 1);
        try (HttpServer server = HttpServer.start(loop, settings, routes)) {
            Socket first = connect(server, "127.0.0.2");
            Socket second = connect(server, "127.0.0.2");

            assertThat(answers(second)).isTrue();
            assertThat(answers(first)).isTrue();
        }
    }

    @Test
    void whoHoldsMostPlacesGivesOneToANewcomer() throws Exception {
        try (HttpServer server = HttpServer.start(loop, ANY.withMostConnections(3), routes)) {
            List<Socket> greedy = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                greedy.add(connect(server, "127.0.0.2"));
            }
            Socket newcomer = connect(server, "127.0.0.3");

            assertThat(greedy.getLast().getInputStream().read()).isEqualTo(-1);
            assertThat(answers(newcomer)).isTrue();
            assertThat(answers(greedy.getFirst())).isTrue();
            assertThat(connect(server, "127.0.0.3").getInputStream().read())
                    .as("who has about as many gets no more")
                    .isEqualTo(-1);
            assertThat(server.counts().ended(HttpEnd.FULL)).isEqualTo(1);
        }
    }

    @Test
    void whatComesThroughAProxyIsNobodysExcess() throws Exception {
        TrustedProxies proxies = new TrustedProxies(List.of(IpPrefix.parse("127.0.0.2/32")));
        HttpSettings settings = ANY.withProxies(proxies).withMostConnections(3);
        try (HttpServer server = HttpServer.start(loop, settings, routes)) {
            List<Socket> proxied = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                proxied.add(connect(server, "127.0.0.2"));
            }

            assertThat(connect(server, "127.0.0.3").getInputStream().read()).isEqualTo(-1);
            assertThat(answers(proxied.getLast())).isTrue();
        }
    }

    /// As `/proc/self/limits` has it (proc_pid_limits(5)).
    @Test
    void thereAreFewerConnectionsThanDescriptors() {
        String limits =
                """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             90000                90000                processes
                Max open files            1024                 524288               files
                """;
        assertThat(Descriptors.forConnections(limits)).isEqualTo(1024 - 256);
        assertThat(Descriptors.forConnections(limits.replace("1024 ", "unlimited ")))
                .isEqualTo(Integer.MAX_VALUE);
        assertThat(Descriptors.forConnections(limits.replace("1024 ", "20000 "))).isEqualTo(19_000);
        assertThat(Descriptors.forConnections(limits.replace("1024 ", "64 "))).isEqualTo(1);
    }

    /// Its questions stay with it: what the server has not read, it has not answered either.
    @Test
    void whoDoesNotReadAnswersIsNotAskedForMoreQuestions() throws Exception {
        try (HttpServer server = HttpServer.start(loop, ANY, routes)) {
            Socket rude = connect(server, "127.0.0.2");
            byte[] questions =
                    "GET / HTTP/1.1\r\n\r\n".repeat(1000).getBytes(StandardCharsets.US_ASCII);
            Thread asking =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    while (true) {
                                        rude.getOutputStream().write(questions);
                                    }
                                } catch (IOException e) {
                                    // closed in the end
                                }
                            });
            long answered = -1;
            while (answered != server.counts().answered() && answered < MOST) { // it comes to rest
                answered = server.counts().answered();
                for (int i = 0; i < 100; i++) {
                    assertThat(answers(connect(server, "127.0.0.3"))).isTrue();
                }
                answered += 100;
            }
            rude.close();
            asking.join();
            assertThat(answered).isLessThan(MOST);
        }
    }
}
