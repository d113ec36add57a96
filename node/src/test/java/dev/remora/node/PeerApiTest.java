package dev.remora.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPort;
import dev.remora.proto.control.ServiceInfo;
import dev.remora.testing.Packets;
import io.netty.buffer.ByteBuf;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The small server for peers, and clients that mean no good.
class PeerApiTest {
    private static final long SOON = SECONDS.toNanos(5);

    private final NodePair nodes = new NodePair();
    private final NodePair.Side server = nodes.server;
    private final Recorder client = new Recorder(true);
    private final PeerApi api = new PeerApi(server.streams, server.engine::netMap);
    private StreamChannel channel;

    @BeforeEach
    void connect() {
        assertThat(api.listenOn(Set.of(server.ip()), 0)).isTrue();
        channel = nodes.client.connect(api.port(true), client);
        assertThat(nodes.run(() -> client.saw("active"), SOON)).isTrue();
    }

    @AfterEach
    void nobodyHoldsMemory() {
        channel.close();
        nodes.run(() -> server.streams.size() == 0, MINUTES.toNanos(2));
        assertThat(server.streams.size()).isZero();
        assertThat(client.held()).isZero();
    }

    private void send(String text) {
        channel.writeAndFlush(client.allocator.buffer().writeBytes(text.getBytes(US_ASCII)));
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: peer\r\n\r\n";
    }

    private String answerTo(String request) {
        send(request);
        assertThat(nodes.run(() -> client.length() > 0, SOON)).isTrue();
        nodes.run(SECONDS.toNanos(1));
        return client.text();
    }

    @Test
    void theFirstPortIsAChecksumOfTheAddress() {
        assertThat(PeerApi.port(Packets.ip("100.64.0.2"), 0)).isGreaterThanOrEqualTo(0x8000);
        assertThat(api.port(true)).isEqualTo(PeerApi.port(server.ip(), 0));
        assertThat(api.port(false)).isZero();
        assertThat(api.services())
                .containsExactly(new ServiceInfo("peerapi4", api.port(true), null));
        assertThat(api.listenOn(Set.of(server.ip()), 0)).as("nothing new").isFalse();
    }

    @Test
    void anAddressThatIsGoneIsServedNoMore() {
        int port = api.port(true);
        api.listenOn(Set.of(), 0);
        Recorder late = new Recorder();
        nodes.client.connect(port, late);
        assertThat(nodes.run(() -> late.saw("unregistered"), SOON)).isTrue();
        assertThat(late.events).contains("connection refused");
        assertThat(api.services()).isEmpty();
    }

    @Test
    void whoeverAsksIsGreetedByName() {
        assertThat(answerTo(get("/")))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("content-security-policy: default-src 'none'")
                .contains("x-frame-options: DENY")
                .contains("x-content-type-options: nosniff")
                .contains("Hello, n1")
                .contains("100.64.0.1");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /nothing, 404",
        "GET, /v0/env, 403",
        "GET, /v0/put/file, 403",
        "PUT, /v0/put/file, 403",
        "POST, /v0/ingress, 403",
        "GET, /dns-query?dns=AAAA, 403",
        "POST, /, 405",
        "GET, /?x=/v0/, 200",
        "OPTIONS, *, 404"
    })
    void everythingElseHasItsRefusal(String method, String path, int status) {
        assertThat(answerTo(method + " " + path + " HTTP/1.1\r\nHost: peer\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status + " ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: example.com",
                "X: y",
                "Host: peer\r\nReferer: http://example.com/",
                "Host: peer\r\nOrigin: null",
                "Host: 100.64.0.2",
                "Host: peer:1"
            })
    void aBrowserThatWasLuredHereIsRefused(String headers) {
        assertThat(answerTo("GET / HTTP/1.1\r\n" + headers + "\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ");
    }

    @Test
    void itsOwnAddressIsAGoodHost() {
        assertThat(answerTo("GET / HTTP/1.1\r\nHost: 100.64.0.2:" + api.port(true) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void soIsTheAddressByWhichThePeerKnowsIt() {
        channel.close();
        assertThat(nodes.run(() -> server.streams.size() == 0, MINUTES.toNanos(2))).isTrue();
        IpPort mask = new IpPort(Packets.ip("100.99.0.7"), api.port(true));
        server.isKnownAs(mask.ip());
        Recorder late = new Recorder(true);
        channel = nodes.client.streams.connect(mask, server.key(), late).orElseThrow();
        assertThat(nodes.run(() -> late.saw("active"), SOON)).isTrue();

        ByteBuf request = late.allocator.buffer();
        request.writeBytes(("GET / HTTP/1.1\r\nHost: " + mask + "\r\n\r\n").getBytes(US_ASCII));
        channel.writeAndFlush(request);

        assertThat(nodes.run(() -> late.length() > 0, SOON)).isTrue();
        assertThat(late.text()).startsWith("HTTP/1.1 200 ");
        channel.close();
        nodes.run(() -> server.streams.size() == 0, MINUTES.toNanos(2));
        assertThat(late.held()).isZero();
    }

    @Test
    void aHeadHasTheLengthButNoBody() {
        String answer = answerTo("HEAD / HTTP/1.1\r\nHost: peer\r\n\r\n");
        assertThat(answer).containsPattern("content-length: [1-9][0-9]+").endsWith("\r\n\r\n");
    }

    @Test
    void requestsThatComeTogetherAreAnsweredInTheirOrder() {
        String answers = answerTo(get("/") + get("/nothing") + get("/v0/env"));
        assertThat(answers).containsSubsequence(" 200 OK", " 404 Not Found", " 403 Forbidden");
        assertThat(client.saw("end of input")).isFalse();
    }

    @Test
    void afterTheLastAnswerNothingIsAnswered() {
        String answers =
                answerTo("GET / HTTP/1.1\r\nHost: peer\r\nConnection: close\r\n\r\n" + get("/"));
        assertThat(answers).containsOnlyOnce("HTTP/1.1");
        assertThat(client.saw("end of input")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0\1\2\3\r\n\r\n",
                "GET\r\n\r\n",
                "GET / HTTP/1.1\r\nno colon\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: peer\r\nContent-Length: -1\r\n\r\n"
            })
    void whatIsNoRequestIsToldSoAndEndsTheConnection(String nonsense) {
        assertThat(answerTo(nonsense)).startsWith("HTTP/1.1 400 ");
        assertThat(client.saw("end of input")).isTrue();
    }

    @Test
    void headersWithoutEndAreCutOff() {
        send("GET / HTTP/1.1\r\n");
        for (int i = 0; i < 100 && !client.saw("end of input"); i++) {
            send("X-" + i + ": " + "x".repeat(1_000) + "\r\n");
            nodes.run(SECONDS.toNanos(1));
        }
        assertThat(client.text()).startsWith("HTTP/1.1 4");
        assertThat(client.saw("end of input")).isTrue();
    }

    @Test
    void aBodyThatIsTooLongIsNotTaken() {
        String answer =
                answerTo("POST / HTTP/1.1\r\nHost: peer\r\nContent-Length: 1000000000\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 413 ");
    }

    @Test
    void aLetterNowAndThenIsSilence() {
        String request = get("/");
        int sent = 0;
        while (sent < request.length() && client.events.size() == 1) {
            send(request.substring(sent, ++sent));
            nodes.run(SECONDS.toNanos(20));
        }
        assertThat(client.length()).isZero();
        assertThat(sent).as("letters before the end, which was %s", client.events).isLessThan(10);
    }

    @Test
    void whoAsksWithoutReadingIsHeldBack() {
        channel.config().setAutoRead(false);
        String requests = get("/").repeat(1_000);
        int groups = 0;
        while (channel.isWritable() && groups < 2_000) {
            send(requests);
            nodes.run(SECONDS.toNanos(1));
            groups++;
        }
        assertThat(groups).isLessThan(2_000);
        assertThat(channel.isWritable()).isFalse();
    }

    @Test
    void whoHangsUpInTheMiddleLeavesNothing() {
        send("GET / HTTP/1.1\r\nHost: pe");
        nodes.run(SECONDS.toNanos(1));
        channel.shutdownOutput();
        assertThat(nodes.run(() -> server.streams.size() == 0, SOON)).isTrue();
    }
}
