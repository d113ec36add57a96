package dev.remora.io.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpTunnelTest {
    private final Promise<Channel> opened = ImmediateEventExecutor.INSTANCE.newPromise();
    private final List<String> behind = new ArrayList<>();
    private final EmbeddedChannel channel = channel("http://user:pw@proxy.corp:3128");

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    @Test
    void asksForTheServerAndOnlyThenTellsThoseBehind() {
        assertThat(written())
                .isEqualTo(
                        "CONNECT control.example:443 HTTP/1.1\r\nHost: control.example:443\r\n"
                                + "Proxy-Authorization: Basic dXNlcjpwdw==\r\nUser-Agent: remora\r\n\r\n");
        assertThat(behind).isEmpty();

        hear("HTTP/1.1 200 Connection established\r\nVia: some\r\n\r\n");

        assertThat(behind).containsExactly("active");
        assertThat(opened.isSuccess()).isTrue();
        hear("hello");
        assertThat(behind).containsExactly("active", "hello");
    }

    @Test
    void takesTheAnswerInPiecesAndHandsOnWhatComesWithIt() {
        for (String piece : List.of("HTTP/1.0 2", "00", " \r", "\n\r", "\nbegin")) {
            hear(piece);
        }

        assertThat(behind).containsExactly("active", "begin");
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 407 Proxy Authentication Required, refuses with HTTP 407 Proxy Authentication Required",
        "HTTP/1.1 403, refuses with HTTP 403",
        "HTTP/1.1 204 No Content, refuses with HTTP 204 No Content",
        "220 mail.example ESMTP, does not speak HTTP"
    })
    void saysWhatTheProxySays(String answer, String said) {
        hear(answer + "\r\n\r\n");

        assertThat(behind).containsExactly("the proxy http://proxy.corp:3128 " + said);
        assertThat(opened.cause()).hasMessageContaining(said);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void doesNotListenForeverToWhatIsNoProxy() {
        hear("x".repeat(9000));

        assertThat(opened.cause()).hasMessageContaining("does not speak HTTP");
    }

    @Test
    void tellsThatTheProxyHungUp() {
        channel.close();

        assertThat(opened.cause()).hasMessageContaining("closed the connection");
    }

    private EmbeddedChannel channel(String proxy) {
        HttpProxy parsed =
                HttpProxies.of(Map.of("HTTPS_PROXY", proxy))
                        .towards(true, "control.example", 443)
                        .orElseThrow();
        List<ChannelHandler> handlers =
                new ArrayList<>(
                        HttpTunnel.handlers(
                                parsed,
                                "control.example",
                                443,
                                TlsTrust.of(Optional.empty(), Optional.empty()),
                                Runnable::run,
                                opened));
        handlers.add(new Behind());
        return new EmbeddedChannel(handlers.toArray(ChannelHandler[]::new));
    }

    private void hear(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    private String written() {
        ByteBuf bytes = channel.readOutbound();
        try {
            return bytes.toString(StandardCharsets.US_ASCII);
        } finally {
            bytes.release();
        }
    }

    private final class Behind extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            behind.add("active");
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            behind.add(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            behind.add(String.valueOf(cause.getMessage()));
        }
    }
}
