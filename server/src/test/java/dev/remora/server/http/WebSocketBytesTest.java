package dev.remora.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import org.junit.jupiter.api.Test;

class WebSocketBytesTest {
    private final EmbeddedChannel channel = new EmbeddedChannel(new WebSocketBytes());

    private static PingWebSocketFrame ping(int number) {
        return new PingWebSocketFrame(Unpooled.copyInt(number));
    }

    private void reads(boolean reads) {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, reads);
        channel.runPendingTasks();
    }

    private void assertPonged(int number) {
        PongWebSocketFrame pong = channel.readOutbound();
        assertThat(pong.content().readInt()).isEqualTo(number);
        pong.release();
        assertThat(channel.outboundMessages()).isEmpty();
    }

    @Test
    void aPingComesBackWithItsData() {
        channel.writeInbound(ping(7));

        assertPonged(7);
    }

    @Test
    void whoPingsWithoutReadingIsAnsweredOnceItReads() {
        reads(false);
        for (int i = 0; i <= 1000; i++) {
            channel.writeInbound(ping(i));
        }
        assertThat(channel.outboundMessages()).isEmpty();

        reads(true);

        assertPonged(1000);
    }

    @Test
    void whatWasNotAnsweredIsForgottenWithTheConnection() {
        PingWebSocketFrame ping = ping(7);
        reads(false);
        channel.writeInbound(ping);

        channel.close();
        channel.runPendingTasks();

        assertThat(ping.refCnt()).isZero();
    }
}
