package dev.remora.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.server.http.Upgrade.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpFrontTest {
    private final CompletableFuture<FullHttpResponse> later = new CompletableFuture<>();
    private final HttpCounts counts = new HttpCounts();
    private final EmbeddedChannel channel =
            new EmbeddedChannel() {
                @Override
                protected SocketAddress remoteAddress0() {
                    return isActive() ? new InetSocketAddress("192.0.2.7", 4711) : null;
                }
            };

    HttpFrontTest() {
        Routes routes =
                Routes.none()
                        .withPage("/who", request -> now(request.from() + "\n"))
                        .withPage("/echo", 10, request -> now(request.text()))
                        .withPage("/later", _ -> later)
                        .withPage("/broken", _ -> now(null))
                        .withPagesBelow("/below/", 0, request -> now(request.path()))
                        .withPagesBelow("/below/deep/", 0, _ -> now("deep"))
                        .withUpgrade("/shout", HttpFrontTest::shouting);
        HttpFront.addTo(channel, routes, TrustedProxies.NONE, counts);
    }

    private static CompletableFuture<FullHttpResponse> now(String text) {
        return CompletableFuture.completedFuture(
                Answers.text(HttpResponseStatus.OK, text.strip() + "\n"));
    }

    private static Outcome shouting(Request request) {
        if (WebSocket.wants(request, "shout")) {
            return WebSocket.accept(request, "shout", p -> p.addLast(new Shout()));
        }
        return request.wants("shout")
                ? new Outcome.Taken(
                        Optional.of(Answers.switchingTo("shout")), p -> p.addLast(new Shout()))
                : new Outcome.Refused(Answers.text(HttpResponseStatus.BAD_REQUEST, "louder\n"));
    }

    /// Says what it hears in capitals.
    private static final class Shout extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            String heard = bytes.toString(StandardCharsets.US_ASCII);
            bytes.release();
            ctx.writeAndFlush(
                    Unpooled.copiedBuffer(heard.toUpperCase(), StandardCharsets.US_ASCII));
        }
    }

    private byte[] exchange(byte[] request) {
        channel.writeInbound(Unpooled.copiedBuffer(request));
        return answer();
    }

    private byte[] answer() {
        channel.runPendingTasks();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    private String ask(String request) {
        byte[] bytes = request.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        return new String(exchange(bytes), StandardCharsets.ISO_8859_1);
    }

    @Test
    void everyAnswerSaysWhatBrowsersMayNotDo() {
        for (String path : List.of("/who", "/nowhere", "/shout")) {
            assertThat(ask("GET " + path + " HTTP/1.1\n\n"))
                    .containsIgnoringCase("x-frame-options: DENY")
                    .containsIgnoringCase("content-security-policy: frame-ancestors 'none'")
                    .containsIgnoringCase("x-content-type-options: nosniff")
                    .containsIgnoringCase("referrer-policy: no-referrer");
        }
    }

    /// As the client written in Rust sends all its requests.
    @Test
    void aTargetMayNameTheServerToo() {
        String target =
                "http://ctl.example:8080/echo?a=b://c/d HTTP/1.1\nContent-Length: 4\n\nping";
        assertThat(ask("POST " + target)).endsWith("\r\n\r\nping\n");
        assertThat(ask("GET https://ctl.example HTTP/1.1\n\n")).startsWith("HTTP/1.1 404 ");
        assertThat(ask("GET /nowhere?at=http://ctl.example/echo HTTP/1.1\n\n"))
                .startsWith("HTTP/1.1 404 ");
    }

    @Test
    void aBodyWithinItsBoundIsThePages() {
        assertThat(ask("POST /echo HTTP/1.1\nContent-Length: 4\n\nping"))
                .endsWith("\r\n\r\nping\n");
        assertThat(ask("POST /echo HTTP/1.1\nTransfer-Encoding: chunked\n\n2\npi\n2\nng\n0\n\n"))
                .endsWith("\r\n\r\nping\n");
    }

    @Test
    void aLongerBodyIsRefusedAndTheConnectionEnds() {
        assertThat(ask("POST /echo HTTP/1.1\nContent-Length: 11\n\nhello world"))
                .startsWith("HTTP/1.1 413 ");
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void aBodyThatNobodyWantsIsSkipped() {
        assertThat(ask("POST /who HTTP/1.1\nContent-Length: 5\n\nhello"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(ask("GET /who HTTP/1.1\n\n")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void whoWaitsForLeaveToSendItsBodyGetsIt() {
        assertThat(ask("POST /echo HTTP/1.1\nContent-Length: 4\nExpect: 100-continue\n\n"))
                .startsWith("HTTP/1.1 100 ");
        assertThat(ask("ping")).startsWith("HTTP/1.1 200 ").endsWith("ping\n");
    }

    @Test
    void anAnswerMayComeLater() throws Exception {
        assertThat(ask("GET /later HTTP/1.1\n\n")).isEmpty();
        Thread.ofVirtual()
                .start(() -> later.complete(Answers.text(HttpResponseStatus.OK, "at last\n")))
                .join();

        assertThat(new String(answer(), StandardCharsets.US_ASCII)).endsWith("at last\n");
        assertThat(ask("GET /who HTTP/1.1\n\n")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void whoAsksAgainBeforeASlowAnswerIsAnsweredOnce() {
        ask("GET /later HTTP/1.1\n\nGET /who HTTP/1.1\n\n");
        later.complete(Answers.text(HttpResponseStatus.OK, "at last\n"));

        assertThat(new String(answer(), StandardCharsets.US_ASCII))
                .containsOnlyOnce("HTTP/1.1 200 ")
                .endsWith("at last\n");
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void aPageThatFailsIsA500() {
        assertThat(ask("GET /broken HTTP/1.1\n\n")).startsWith("HTTP/1.1 500 ");
        assertThat(ask("GET /who HTTP/1.1\n\n")).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @CsvSource({"/below/x?y,/below/x", "/below/deep/z,deep"})
    void theLongestPrefixAnswers(String uri, String body) {
        assertThat(ask("GET " + uri + " HTTP/1.1\n\n")).endsWith("\r\n\r\n" + body + "\n");
    }

    @Test
    void whatComesBehindAnUpgradeIsForWhoTookTheConnectionOver() {
        assertThat(ask("GET /shout HTTP/1.1\nConnection: upgrade\nUpgrade: shout\n\nhello"))
                .startsWith("HTTP/1.1 101 ")
                .endsWith("\r\n\r\nHELLO");
        assertThat(ask("again")).isEqualTo("AGAIN");
        assertThat(counts.upgraded()).isEqualTo(1);
    }

    @Test
    void anUpgradeMayBeRefusedAndTheConnectionStays() {
        assertThat(ask("GET /shout HTTP/1.1\n\n")).startsWith("HTTP/1.1 400 ");
        assertThat(ask("GET /who HTTP/1.1\n\n")).endsWith("192.0.2.7:4711\n");
    }

    /// The handshake of RFC 6455 §1.3, and its frames of §5.7.
    @Test
    void webSocketsCarryBytesInBinaryFramesOnly() {
        String answer =
                ask(
                        """
                        GET /shout HTTP/1.1
                        Connection: upgrade
                        Upgrade: websocket
                        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                        Sec-WebSocket-Version: 13
                        Sec-WebSocket-Protocol: other, shout

                        """);
        assertThat(answer)
                .startsWith("HTTP/1.1 101 ")
                .containsIgnoringCase("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                .containsIgnoringCase("sec-websocket-protocol: shout")
                .doesNotContainIgnoringCase("sec-websocket-extensions");
        byte[] hello = {(byte) 0x82, (byte) 0x85, 0x37, (byte) 0xfa, 0x21, 0x3d};
        byte[] masked = {0x7f, (byte) 0x9f, 0x4d, 0x51, 0x58};
        assertThat(exchange(concat(hello, masked)))
                .isEqualTo(concat(new byte[] {(byte) 0x82, 5}, "HELLO".getBytes()));
        hello[0] = (byte) 0x81; // text
        assertThat(exchange(concat(hello, masked))).startsWith(0x88).contains(0x03, 0xeb);
        assertThat(channel.isActive()).isFalse();
    }

    private static byte[] concat(byte[] head, byte[] tail) {
        byte[] both = new byte[head.length + tail.length];
        System.arraycopy(head, 0, both, 0, head.length);
        System.arraycopy(tail, 0, both, head.length, tail.length);
        return both;
    }

    @Test
    void aWebSocketOfAnotherVersionIsToldOurs() {
        assertThat(
                        ask(
                                "GET /shout HTTP/1.1\nUpgrade: websocket\n"
                                        + "Sec-WebSocket-Protocol: shout\nSec-WebSocket-Key: x\n\n"))
                .startsWith("HTTP/1.1 426 ")
                .containsIgnoringCase("sec-websocket-version: 13");
    }

    @Test
    void whoIsSilentForHalfAMinuteIsHungUpOnEvenAfterAnAnswer() {
        channel.freezeTime();
        ask("GET /who HTTP/1.1\n\n");
        channel.advanceTimeBy(31, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();

        assertThat(channel.isActive()).isFalse();
        assertThat(counts.ended(HttpEnd.TOO_SLOW)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.1 | 198.51.100.1, 203.0.113.9, 10.0.0.2 | 203.0.113.9:0",
                "10.0.0.1 | garbage, 10.0.0.2 | 10.0.0.2:0",
                "10.0.0.1 | '' | 192.0.2.1:0",
                "192.0.2.99 | 203.0.113.9 | 192.0.2.99:5",
            })
    void onlyTrustedProxiesSayForWhomTheyAsk(String peer, String forwarded, String client)
            throws Exception {
        TrustedProxies proxies = new TrustedProxies(List.of(IpPrefix.parse("10.0.0.0/8")));
        HttpHeaders headers = new DefaultHttpHeaders().set("X-Real-IP", "192.0.2.1");
        if (!forwarded.isEmpty()) {
            headers.set("X-Forwarded-For", forwarded);
        }

        assertThat(proxies.clientOf(new IpPort(IpAddress.parse(peer), 5), headers))
                .hasToString(client);
    }

    @Test
    void noPrefixMayTrustEverybody() throws Exception {
        IpPrefix all = IpPrefix.parse("::/0");

        assertThatThrownBy(() -> new TrustedProxies(List.of(all)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void twoRoutesForOnePathAreRefused() {
        Routes one = Routes.none().withPage("/x", _ -> later);

        assertThatThrownBy(() -> one.and(one)).isInstanceOf(IllegalArgumentException.class);
    }
}
