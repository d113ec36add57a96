package dev.remora.io.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.io.control.FakeControlServer.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What the server asks of a node that is connected.
class SessionPingTest extends SessionFixture {
    @Test
    void answersRequestsOfTheServer() throws Exception {
        FakeControlServer server = goodServer();
        String request = "POST /echo HTTP/1.1\r\nHost: node\r\nContent-Length: 5\r\n\r\nhello";
        String payload =
                Base64.getEncoder().encodeToString(request.getBytes(StandardCharsets.UTF_8));
        server.on(
                "map",
                e ->
                        e.begin()
                                .message(map(e, ""))
                                .message(
                                        "{'PingRequest':{'URL':'https://unused/c2n/1?x=y','Types':'c2n','Payload':'"
                                                + payload
                                                + "'}}"));

        session(server).login(LoginOptions.RESUME);

        Exchange answer = await(server, e -> e.target().startsWith("POST /c2n"));
        assertThat(answer.target()).isEqualTo("POST /c2n/1?x=y");
        assertThat(answer.body()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nhello");
    }

    @Test
    void showsSignsOfLifeInsideAndOutsideOfNoiseOnceEach() throws Exception {
        FakeControlServer server = goodServer();
        AtomicInteger streams = new AtomicInteger();
        String outside = "{'PingRequest':{'URL':'" + server.url() + "/alive?id=1'}}";
        server.on(
                "map",
                e -> {
                    e.begin().message(map(e, ""));
                    if (streams.getAndIncrement() == 0) { // a slow machine may ask for another map
                        e.message(outside)
                                .message(outside)
                                .message(
                                        "{'PingRequest':{'URL':'https://unused/alive?id=2','URLIsNoise':true}}");
                    }
                });

        session(server).login(LoginOptions.RESUME);

        assertThat(
                        List.of(
                                await(server, SessionPingTest::isSignOfLife).target(),
                                await(server, SessionPingTest::isSignOfLife).target()))
                .containsExactlyInAnyOrder("HEAD /alive?id=1", "HEAD /alive?id=2");
        assertThat(server.seen).noneMatch(SessionPingTest::isSignOfLife);
    }

    private static boolean isSignOfLife(Exchange exchange) {
        return exchange.target().startsWith("HEAD ");
    }

    @Test
    void nonsenseInAPingHurtsNobody() throws Exception {
        FakeControlServer server = goodServer();
        server.on(
                "map",
                e ->
                        e.begin()
                                .message(
                                        "{'PingRequest':{'URL':'::','Types':'c2n','Payload':'***'}}")
                                .message(map(e, ""))
                                .message("{'PingRequest':{'URL':'ftp://x/','Types':''}}")
                                .message("{'Domain':'after'}"));

        session(server).login(LoginOptions.RESUME);

        listener.awaitMap(map -> map.domain().equals("after"));
    }
}
