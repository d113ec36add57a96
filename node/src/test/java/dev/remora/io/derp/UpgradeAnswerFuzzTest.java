package dev.remora.io.derp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.proto.derp.DerpFrame;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLException;

/// What comes in place of a relay's HTTP answer, and of the frames behind it: the connection stands or ends, once, and nothing else happens.
class UpgradeAnswerFuzzTest {
    private static final NodePrivateKey SELF = NodePrivateKey.generate(new Random(1));
    private static final SslContext TLS = tls();

    private static SslContext tls() {
        try {
            return SslContextBuilder.forClient().build();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    @FuzzTest(maxDuration = "10s")
    void answer(byte[] answer) {
        EmbeddedChannel channel = new EmbeddedChannel();
        SslHandler tls = TLS.newHandler(channel.alloc());
        RelayConnection.Setup setup =
                new RelayConnection.Setup(
                        SELF,
                        fastStart -> new UpgradeRequest("relay", Optional.empty(), fastStart),
                        true,
                        new Random(2),
                        () -> 0);
        Once events = new Once();
        RelayConnection.start(channel, tls, setup, events);
        takeOut(tls, channel.pipeline()); // what follows is what TLS has let through
        channel.pipeline().fireUserEventTriggered(SslHandshakeCompletionEvent.SUCCESS);
        channel.releaseOutbound();
        int half = answer.length / 2;
        channel.writeInbound(Unpooled.copiedBuffer(answer, 0, half));
        if (channel.isOpen()) {
            channel.writeInbound(Unpooled.copiedBuffer(answer, half, answer.length - half));
        }
        channel.finishAndReleaseAll();
        if (events.ends != 1) {
            throw new AssertionError("it ended " + events.ends + " times");
        }
    }

    /// It would say that the handshake has failed.
    private static void takeOut(SslHandler tls, ChannelPipeline pipeline) {
        pipeline.addAfter(
                pipeline.context(tls).name(),
                "deaf",
                new ChannelInboundHandlerAdapter() {
                    @Override
                    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {}
                });
        pipeline.remove(tls);
        pipeline.remove("deaf");
    }

    /// Insists on one end, with nothing behind it.
    private static final class Once implements RelayConnection.Events {
        private int ends;

        private void alive() {
            if (ends > 0) {
                throw new AssertionError("something happened after the end");
            }
        }

        @Override
        public void onIntroduced(RelayConnection connection) {
            alive();
        }

        @Override
        public void onRegistered(RelayConnection connection) {
            alive();
        }

        @Override
        public void onHeard(long now) {
            alive();
        }

        @Override
        public void onPacket(NodeKey from, ByteBuffer packet) {
            alive();
        }

        @Override
        public void onPeerGone(NodeKey peer, int reason) {
            alive();
        }

        @Override
        public void onHealth(String problem) {
            alive();
        }

        @Override
        public void onRestarting(DerpFrame.Restarting notice) {
            alive();
        }

        @Override
        public void onWritable(RelayConnection connection) {
            alive();
        }

        @Override
        public void onClosed(RelayConnection connection, String why) {
            ends++;
        }
    }
}
